import type { Command } from 'commander';
import {
	listUnsigned,
	readControlUnit,
	removeControlUnit,
	retryAllSignatures,
	setControlUnit,
	simulatorBehaviours,
	unitAdapters
} from '#server/modules/fiscal/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { onPortal, tell, tellTable } from './command.ts';

export function addControlUnit(program: Command): void {
	const unit = program
		.command('control-unit')
		.description('The tax authority’s control unit, which signs invoices and notes.');
	unit
		.command('show')
		.description('Which unit signs, and how many documents are signed, wait, have failed.')
		.action(() =>
			onPortal(async () => {
				const [setting, { counts }] = await withSystem('evolve control-unit show', (scope) =>
					Promise.all([readControlUnit(scope, {}), listUnsigned(scope, { limit: 1 })])
				);
				tell(
					setting
						? `${setting.adapter} ${JSON.stringify(setting.settings)}, set on ${setting.setAt.toISOString().slice(0, 10)}.`
						: 'None: what is issued is not signed.'
				);
				tell(`Signed: ${counts.signed}, waiting: ${counts.pending}, failed: ${counts.failed}.`);
			})
		);
	unit
		.command('set')
		.description(
			'From now on this unit signs what is issued. The simulator signs nothing in the tax authority’s name, and papers say so.'
		)
		.requiredOption('--adapter <name>', `which one: ${unitAdapters.join(', ')}`)
		.option(
			'--behaviour <behaviour>',
			`of the simulator, for trying out: ${simulatorBehaviours.join(', ')}`
		)
		.action(({ adapter, behaviour }: { adapter: string; behaviour?: string }) =>
			onPortal(async () => {
				await withSystem('evolve control-unit set', (scope) =>
					setControlUnit(scope, {
						adapter,
						settings: behaviour === undefined ? {} : { behaviour }
					})
				);
			})
		);
	unit
		.command('off')
		.description('From now on what is issued is not signed.')
		.action(() =>
			onPortal(async () => {
				await withSystem('evolve control-unit off', (scope) => removeControlUnit(scope, {}));
			})
		);
	unit
		.command('unsigned')
		.description('What is not signed: number, how it stands, tries, why the last came to nothing.')
		.action(() =>
			onPortal(async () => {
				const { documents } = await withSystem('evolve control-unit unsigned', (scope) =>
					listUnsigned(scope, { limit: 500 })
				);
				tellTable(
					documents.map(({ number, status, tries, nextTryAt, reason }) => [
						number,
						status,
						`tries: ${tries}`,
						nextTryAt ? `next: ${nextTryAt.toISOString()}` : 'not tried again',
						reason ?? ''
					])
				);
			})
		);
	unit
		.command('retry')
		.description('Try everything again that is not signed, at once.')
		.action(() =>
			onPortal(async () => {
				const { documents } = await withSystem('evolve control-unit retry', (scope) =>
					retryAllSignatures(scope, {})
				);
				tell(`Tried again: ${documents}.`);
			})
		);
}
