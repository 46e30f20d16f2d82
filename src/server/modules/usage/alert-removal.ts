import { sql } from 'kysely';
import * as v from 'valibot';
import { NotFound } from '../../platform/errors.ts';
import { emit } from '../../platform/events.ts';
import { businessOf } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import { readFacts } from './alert-changes.ts';
import { AlertId } from './alerts.ts';
import { settleSuspensions } from './suspension-ends.ts';

/** Nobody is told of it any more, and it suspends nothing; what it told stays known. @throws NotFound */
export const removeAlert = usecase(
	'alert.manage',
	v.object({ id: AlertId }),
	async (scope, { id }) => {
		const known = await readFacts(scope, id);
		const { numUpdatedRows } = await scope.db
			.updateTable('usage.alerts')
			.set({ removed_at: sql`greatest(changed_at, ${scope.now})` })
			.where('business_id', '=', businessOf(scope))
			.where('id', '=', id)
			.where('removed_at', 'is', null)
			.executeTakeFirst();
		if (!known || numUpdatedRows === 0n) throw new NotFound('This alert');
		await emit(scope, 'usage.alert-removed', known.facts);
		await settleSuspensions(scope, [businessOf(scope)]);
	}
);
