import type { Scope, System } from '../../platform/scope.ts';

/** The vendor's own people. Part of telling them something: it asks no permission. */
export async function listStaff({
	db
}: Scope<System>): Promise<{ id: string; name: string; email: string }[]> {
	return db
		.selectFrom('identity.persons')
		.select(['id', 'name', 'email'])
		.where('staff', '=', true)
		.orderBy('name')
		.execute();
}
