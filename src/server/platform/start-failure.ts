/**
 * A start cannot go on for a reason that the operator can mend: the message is a sentence that says what
 * is wrong and how to mend it. It is printed as it stands, without a stack, and the exit code is 1.
 */
export class StartFailure extends Error {
	override name = 'StartFailure';
}
