/** The nearest element at or around an event's target that fits the selector. */
export function around<E extends Element = HTMLElement>(event: Event, selector: string): E | null {
	return event.target instanceof Element ? event.target.closest<E>(selector) : null;
}

/** All elements that fit, as an array. */
export function all<E extends Element = HTMLElement>(
	selector: string,
	within: ParentNode = document
): E[] {
	return [...within.querySelectorAll<E>(selector)];
}

/** The element one step on from the one that has the focus, round and round. */
export function step<E extends Element>(
	elements: E[],
	from: Element | null,
	by: 1 | -1
): E | undefined {
	const at = elements.findIndex((element) => element === from);
	if (at < 0) return by === 1 ? elements[0] : elements.at(-1);
	return elements[(at + by + elements.length) % elements.length];
}
