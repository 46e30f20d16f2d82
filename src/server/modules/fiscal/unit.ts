import * as v from 'valibot';
import { Invalid } from '../../platform/errors.ts';
import type { Scope } from '../../platform/scope.ts';
import { usecase } from '../../platform/usecase.ts';
import type { ControlUnit } from './control-unit.ts';
import { openSimulator } from './simulator.ts';

/** Every adapter there is, by its name; each checks its own settings when it is opened. */
const adapters: Record<string, (settings: unknown) => ControlUnit> = { simulator: openSimulator };

export const unitAdapters = Object.keys(adapters);

/**
 * From now on this unit signs what is issued; what waits for one that was set before goes to it too.
 * @throws Invalid for settings that the adapter does not take
 */
export const setControlUnit = usecase(
	'fiscal.manage',
	v.object({
		adapter: v.picklist(unitAdapters, `Give one of these: ${unitAdapters.join(', ')}.`),
		settings: v.optional(v.record(v.string(), v.unknown()), {})
	}),
	async ({ db, now, actor }, { adapter, settings }) => {
		try {
			adapters[adapter]?.(settings);
		} catch (error) {
			if (!(error instanceof v.ValiError)) throw error;
			throw new Invalid([{ path: 'settings', message: error.message }]);
		}
		const columns = {
			adapter,
			settings: JSON.stringify(settings),
			set_by: actor.kind === 'system' ? actor.job : actor.kind,
			set_at: now
		};
		await db
			.insertInto('fiscal.unit')
			.values(columns)
			.onConflict((conflict) => conflict.column('only_row').doUpdateSet(columns))
			.execute();
	}
);

/** From now on what is issued is not signed. What waits keeps waiting until there is a unit again. */
export const removeControlUnit = usecase('fiscal.manage', v.object({}), async ({ db }) => {
	await db.deleteFrom('fiscal.unit').execute();
});

export interface UnitSetting {
	adapter: string;
	settings: object;
	setBy: string;
	setAt: Date;
}

/** Which unit signs; null when none does. */
export const readControlUnit = usecase(
	'fiscal.manage',
	v.object({}),
	async (scope): Promise<UnitSetting | null> => readSetting(scope)
);

async function readSetting({ db }: Scope): Promise<UnitSetting | null> {
	const row = await db
		.selectFrom('fiscal.unit')
		.select(['adapter', 'settings', 'set_by as setBy', 'set_at as setAt'])
		.executeTakeFirst();
	return row ? { ...row, settings: row.settings as object } : null;
}

/** For whoever signs. @throws Error for an adapter that this version of the portal does not have */
export async function openUnit(scope: Scope): Promise<ControlUnit | null> {
	const setting = await readSetting(scope);
	if (!setting) return null;
	const open = adapters[setting.adapter];
	if (!open) throw new Error(`There is no adapter ${setting.adapter} for a control unit.`);
	return open(setting.settings);
}
