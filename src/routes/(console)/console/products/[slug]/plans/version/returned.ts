import type { Tried } from '#server/modules/catalogue/index.ts';
import type { VersionDraft } from './draft.ts';

interface Issue {
	path: string;
	message: string;
}

/** What comes back to the form of a version: what was typed, with why it was refused or what it would come to. */
export interface VersionReturned {
	draft: VersionDraft;
	issues: Issue[];
	/** The price that a button was about. */
	open: number | null;
	tried: Tried | null;
}

/** What is wrong with a field, by its name. */
export type IssueAt = (field: string) => string | undefined;
