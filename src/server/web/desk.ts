import { readOutcome, type AskedAct } from '#server/modules/desk/index.ts';
import { withSystem } from '#server/platform/doors.ts';

/** What has become of an act that staff asked for: each look in a door of its own, since a job is making it. */
export function actOutcome(businessId: string, id: string): Promise<AskedAct['outcome']> {
	return withSystem('desk.outcome', (scope) => readOutcome(scope, { businessId, id }), {
		unseen: true
	});
}
