/** Forms that were sent, by their tickets: one sent twice is done once. */
export class Doubles {
	readonly #done = new Map<string, string>();

	find(person: string, ticket: string | undefined): string | undefined {
		return ticket ? this.#done.get(`${person} ${ticket}`) : undefined;
	}

	add(person: string, ticket: string | undefined, to: string): void {
		if (!ticket) return;
		this.#done.set(`${person} ${ticket}`, to);
		const [oldest] = this.#done.keys();
		if (this.#done.size > 500 && oldest) this.#done.delete(oldest);
	}
}
