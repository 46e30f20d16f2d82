import encodeQR from 'qr';

// ISO/IEC 18004, 6.3.8: the quiet zone around a code is four modules wide.
const quiet = 4;

/** A QR code as one path in a square of `size`, with its quiet zone; each run of dark modules is a bar. */
export function qrPath(text: string): { size: number; path: string } {
	// A screen has no stains: little correction makes fewer and larger modules.
	const rows = encodeQR(text, 'raw', { ecc: 'low', border: quiet });
	let path = '';
	rows.forEach((row, y) => {
		for (let x = 0; x < row.length; x++) {
			if (!row[x]) continue;
			const from = x;
			while (row[x + 1]) x++;
			const length = x - from + 1;
			path += `M${from} ${y}h${length}v1h-${length}z`;
		}
	});
	return { size: rows.length, path };
}
