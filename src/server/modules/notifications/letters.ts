import type { Letter } from '../../platform/mail.ts';
import { runtime } from '../../platform/runtime.ts';

/** What a letter about a product says, between the greeting and the links. */
export interface News {
	subject: string;
	/** Plain text; paragraphs are parted by an empty line. */
	text: string;
	/** Where in the portal it leads. */
	path: string;
}

/** News of a product as a letter to one person. It says where to choose otherwise. */
export function letterAbout(
	product: { slug: string; name: string },
	{ subject, text, path }: News,
	to: { name: string; email: string }
): Letter {
	const { publicUrl } = runtime();
	return {
		to: to.email,
		subject,
		body: `Hello ${to.name},

${text}

${publicUrl}${path}

You choose what we write to you about ${product.name}:
${publicUrl}/products/${product.slug}/settings#notifications

Evolve by Lixnet
`
	};
}
