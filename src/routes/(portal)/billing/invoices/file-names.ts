/** A number as the name of a file that every system takes: letters, figures, dots, dashes. */
export function fileName(number: string): string {
	return number.replace(/[^\w.-]+/g, '-').replace(/^[.-]+/, '') || 'invoice';
}
