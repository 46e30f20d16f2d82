/** Everything that the frame around a page shows, loaded once a request by the portal's layout. */
export interface ShellView {
	/** The name of the business that the person is looking at. */
	business: string;
	person: {
		name: string;
		initials: string;
		/** In words, in the reader's language: "Owner". */
		role: string;
		email: string;
	};
	/** Every business that the person belongs to; one alone leaves nothing to switch. */
	businesses: { id: string; name: string; current: boolean }[];
	/** In the order that the business sees them. `mark` names the drawing, `note` is a word such as "Trial". */
	products: {
		slug: string;
		name: string;
		mark: string;
		note?: string;
		/** How Launch opens it; null for those who may not launch it. */
		launch: { newTab: boolean } | null;
	}[];
	/** Notifications not read yet. */
	unread: number;
	/** "1 due", "1 overdue"; absent when nothing is owed. */
	billingNote?: string;
	/** "1 open"; absent when no ticket is open. */
	supportNote?: string;
	/** What the reader has chosen; `system` follows the device. */
	theme: 'light' | 'dark' | 'system';
	/** What the reader has chosen for wide screens. A tablet always starts collapsed. */
	sidebar: 'expanded' | 'collapsed';
	/** The path of the page, with its query: where a form that changes a preference comes back to. */
	path: string;
	/** Someone of the vendor's, looking at a customer's business. */
	isStaff: boolean;
	/** When the figures on the page were read, and in which zone to say so. */
	drawn?: { at: Date; zone: string };
	/** The address of the event stream that tells this page to look again; it names what the page shows. */
	live?: string;
	/** What the form that led here has done. */
	notice?: { text: string; tone?: 'ok' | 'bad' };
}
