import {
	answerAccessRequest,
	askAccess,
	askExport,
	listAccessRequests,
	listExports,
	reportExport,
	saveContact,
	saveLanding
} from '#server/modules/launch/index.ts';
import { requestsOfMavuno, type StoryRequest } from '../requests.ts';
import { asMember, asProduct, ownerOf, type Telling } from '../telling.ts';

/** Who asked for which product, before everybody else is let in without having asked. */
export async function tellRequests(telling: Telling): Promise<void> {
	for (const request of requestsOfMavuno(telling.calendar, telling.mavuno.people))
		await ask(telling, request);
}

async function ask({ calendar, mavuno }: Telling, request: StoryRequest): Promise<void> {
	const { product, note, answer } = request;
	const asker = mavuno.member(request.email);
	const [known] = await asMember(
		asker,
		(scope) => listAccessRequests(scope, { product }),
		calendar.now
	);
	const id =
		known?.id ??
		(await asMember(asker, (scope) => askAccess(scope, { product, note }), request.at)).id;
	if (!answer || (known && known.answer !== null)) return;
	const { by, at, ...said } = answer;
	await asMember(mavuno.member(by), (scope) => answerAccessRequest(scope, { id, ...said }), at);
}

/** What Mavuno has set for its products, and the data that it once asked for. */
export async function tellSettings(telling: Telling): Promise<void> {
	const { calendar, mavuno } = telling;
	const owner = ownerOf(mavuno);
	const on = (days: number, time: string): Date => calendar.at(calendar.day(-days), time);
	await asMember(
		owner,
		(scope) => saveLanding(scope, { product: 'erp', landing: '/stock' }),
		on(62, '09:15')
	);
	await asMember(
		owner,
		(scope) =>
			saveContact(scope, {
				product: 'erp',
				name: 'Naliaka Barasa',
				email: 'naliaka@mavuno.example',
				phone: '+254 722 555 018'
			}),
		on(62, '09:20')
	);
	await asMember(
		owner,
		(scope) =>
			saveContact(scope, {
				product: 'payroll',
				name: 'Achieng Odhiambo',
				email: 'achieng@mavuno.example'
			}),
		on(62, '09:25')
	);

	const asked = await asMember(
		owner,
		(scope) => listExports(scope, { product: 'erp' }),
		calendar.now
	);
	const id =
		asked[0]?.id ??
		(
			await asMember(
				owner,
				(scope) => askExport(scope, { product: 'erp', kind: 'stock' }),
				on(20, '16:40')
			)
		).id;
	await asProduct(
		telling,
		'erp',
		mavuno.businessId,
		(scope) =>
			reportExport(scope, {
				id,
				status: 'ready',
				path: `/exports/${id}`,
				bytes: 48_213,
				expiresAt: on(13, '16:41')
			}),
		on(20, '16:41')
	);
}
