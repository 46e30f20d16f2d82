type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The columns that something was given for: a row keeps what its caller leaves out. */
export function whatIsGiven<T extends object>(columns: T): Given<T> {
	return Object.fromEntries(
		Object.entries(columns).filter(([, value]) => value !== undefined)
	) as Given<T>;
}
