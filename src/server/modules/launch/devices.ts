export type Device = 'phone' | 'tablet' | 'computer';

/** The kind of device, as far as its browser tells; what cannot be told counts as a computer. */
export function deviceOf(userAgent: string): Device {
	if (/iPad|Tablet|PlayBook|Silk|Android(?!.*Mobile)/i.test(userAgent)) return 'tablet';
	if (/Mobi|iPhone|iPod|Android/i.test(userAgent)) return 'phone';
	return 'computer';
}
