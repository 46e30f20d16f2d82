/**
 * Failures that a caller can expect. Everything else is a bug and becomes a 500.
 * `code` is stable: clients of the API rely on it.
 */
export class Expected extends Error {
	readonly status: number;
	readonly code: string;
	constructor(status: number, code: string, message: string) {
		super(message);
		this.name = new.target.name;
		this.status = status;
		this.code = code;
	}
}

/** The row is not there, or belongs to another business: the two are told alike. */
export class NotFound extends Expected {
	constructor(what = 'This') {
		super(404, 'not_found', `${what} does not exist, or is not yours.`);
	}
}

export class Forbidden extends Expected {
	constructor(message = 'Your role does not allow this. Ask an owner or admin of your business.') {
		super(403, 'forbidden', message);
	}
}

export class Unauthorized extends Expected {
	constructor(code: string, message: string) {
		super(401, code, message);
	}
}

export class Conflict extends Expected {
	constructor(code: string, message: string) {
		super(409, code, message);
	}
}

export interface Issue {
	/** Dotted path of the field, such as `data.value`; empty for the whole input. */
	path: string;
	message: string;
	/** Stable code, where the field's failure has one of its own. */
	code?: string;
	/** Position in a batch, from 0. */
	index?: number;
}

export class Invalid extends Expected {
	readonly issues: Issue[];
	constructor(issues: Issue[], code = 'invalid', status = 400) {
		super(status, code, issues.map((issue) => issue.message).join(' '));
		this.issues = issues;
	}
}

export class TooMany extends Expected {
	/** Whole seconds after which a new try may pass. */
	readonly retryAfter: number;
	constructor(retryAfter: number, message = 'Too many tries.') {
		super(429, 'too_many', message);
		this.retryAfter = Math.max(1, Math.ceil(retryAfter));
	}
}

/** PostgreSQL's name of the constraint that an error reports, or null when it is another error. */
export function violatedConstraint(error: unknown): string | null {
	if (typeof error !== 'object' || error === null || !('code' in error)) return null;
	const { code, constraint } = error as { code: unknown; constraint?: unknown };
	return typeof code === 'string' && code.startsWith('23') && typeof constraint === 'string'
		? constraint
		: null;
}
