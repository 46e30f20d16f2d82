/** As much of a browser as signing in needs: cookies by path, redirects one at a time, forms. */
export interface Browser {
	cookies: Map<string, { value: string; path: string }>;
	/** One request, no redirect followed. */
	ask(url: string, options?: RequestInit): Promise<Response>;
	/** Follows redirects while they stay at these origins; answers with the one that leads away, or with the page. */
	follow(url: string, origins: string | string[], options?: RequestInit): Promise<Response>;
}

export function createBrowser(): Browser {
	const cookies: Browser['cookies'] = new Map();

	const ask = async (url: string, options: RequestInit = {}): Promise<Response> => {
		const { pathname } = new URL(url);
		const sent = [...cookies]
			.filter(([, { path }]) => pathname === path || pathname.startsWith(path.replace(/\/?$/, '/')))
			.map(([name, { value }]) => `${name}=${value}`)
			.join('; ');
		const response = await fetch(url, {
			...options,
			redirect: 'manual',
			headers: { ...(options.headers as Record<string, string>), cookie: sent, accept: 'text/html' }
		});
		for (const line of response.headers.getSetCookie()) {
			const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
			const path = /;\s*path=([^;]+)/i.exec(line)?.[1] ?? '/';
			if (value === '' || /expires=Thu, 01 Jan 1970/.test(line)) cookies.delete(name);
			else cookies.set(name, { value, path });
		}
		return response;
	};

	const follow: Browser['follow'] = async (url, origins, options) => {
		let response = await ask(url, options);
		for (let at = url, hops = 0; hops < 12; hops++) {
			const location = response.headers.get('location');
			if (!location) return response;
			at = new URL(location, at).href;
			if (![origins].flat().includes(new URL(at).origin)) return response;
			response = await ask(at);
		}
		throw new Error('The redirects go round in circles.');
	};

	return { cookies, ask, follow };
}
