declare module 'virtual:enhance' {
	/** The address of the enhancement script, named by its content. */
	export const src: string;
}
