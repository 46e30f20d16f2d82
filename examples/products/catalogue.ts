/**
 * The three sample products as data: what the vendor's catalogue says of them, what they measure, and
 * where they listen. The story, the supervisor and the products themselves all read it here.
 */
export interface SampleMeter {
	slug: string;
	name: string;
	/** `type` of the CloudEvents that it counts. */
	eventType: string;
	aggregation: 'count' | 'sum' | 'latest' | 'unique';
	/** The property of an event's data that it reads; a meter that counts events reads none. */
	valueProperty?: string;
	unit: 'count' | 'bytes' | 'people';
	dimensions: string[];
}

export interface SampleProduct {
	slug: 'erp' | 'sacco' | 'payroll';
	name: string;
	summary: string;
	mark: 'erp' | 'sacco' | 'payroll';
	position: number;
	/** Added to the portal's port. */
	portOffset: number;
	headlineMeter: string;
	headlineLabel: string;
	meters: SampleMeter[];
}

function dataMeter(product: string): SampleMeter {
	return {
		slug: 'data',
		name: 'Data transferred',
		eventType: `com.lixnet.${product}.data.transferred`,
		aggregation: 'sum',
		valueProperty: 'bytes',
		unit: 'bytes',
		dimensions: ['user']
	};
}

function usersMeter(product: string): SampleMeter {
	return {
		slug: 'users',
		name: 'Active users',
		eventType: `com.lixnet.${product}.user.active`,
		aggregation: 'unique',
		valueProperty: 'user',
		unit: 'people',
		dimensions: []
	};
}

function headlineMeter(product: string, slug: string, name: string): SampleMeter {
	return {
		slug,
		name,
		eventType: `com.lixnet.${product}.${slug}.counted`,
		aggregation: 'latest',
		valueProperty: 'count',
		unit: 'count',
		dimensions: []
	};
}

export const sampleProducts: readonly SampleProduct[] = [
	{
		slug: 'erp',
		name: 'ERP System',
		summary: 'Stock, purchases, sales and accounts in one book.',
		mark: 'erp',
		position: 1,
		portOffset: 1,
		headlineMeter: 'records',
		headlineLabel: 'Records',
		meters: [
			dataMeter('erp'),
			headlineMeter('erp', 'records', 'Records'),
			usersMeter('erp'),
			{
				slug: 'etims-invoices',
				name: 'eTIMS invoices',
				eventType: 'com.lixnet.erp.etims.transmitted',
				aggregation: 'sum',
				valueProperty: 'count',
				unit: 'count',
				dimensions: []
			}
		]
	},
	{
		slug: 'sacco',
		name: 'SACCO',
		summary: 'Members, savings and loans of a savings and credit co-operative.',
		mark: 'sacco',
		position: 2,
		portOffset: 2,
		headlineMeter: 'members',
		headlineLabel: 'Members',
		meters: [
			dataMeter('sacco'),
			headlineMeter('sacco', 'members', 'Members'),
			usersMeter('sacco'),
			{
				slug: 'mpesa-collections',
				name: 'M-Pesa collections',
				eventType: 'com.lixnet.sacco.mpesa.collected',
				aggregation: 'sum',
				valueProperty: 'count',
				unit: 'count',
				dimensions: []
			},
			{
				slug: 'sms',
				name: 'SMS',
				eventType: 'com.lixnet.sacco.sms.sent',
				aggregation: 'sum',
				valueProperty: 'count',
				unit: 'count',
				dimensions: []
			}
		]
	},
	{
		slug: 'payroll',
		name: 'Payroll',
		summary: 'Pay runs, PAYE, SHIF and NSSF returns, payslips by phone.',
		mark: 'payroll',
		position: 3,
		portOffset: 3,
		headlineMeter: 'employees',
		headlineLabel: 'Employees',
		meters: [
			dataMeter('payroll'),
			headlineMeter('payroll', 'employees', 'Employees'),
			usersMeter('payroll')
		]
	}
];
