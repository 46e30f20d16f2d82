import { m } from '#lib/paraglide/messages.js';
import type { Option } from '#lib/ui/Field.svelte';

/** What can be asked and how it is reckoned, in one choice: only what fits together is there to choose. */
export const ways = (): Option[] => [
	{ value: 'flat.flat', label: m.console_way_flat() },
	{ value: 'seat.per_unit', label: m.console_way_seat_per_unit() },
	{ value: 'seat.graduated', label: m.console_way_seat_graduated() },
	{ value: 'seat.volume', label: m.console_way_seat_volume() },
	{ value: 'seat.package', label: m.console_way_seat_package() },
	{ value: 'usage.per_unit', label: m.console_way_usage_per_unit() },
	{ value: 'usage.graduated', label: m.console_way_usage_graduated() },
	{ value: 'usage.volume', label: m.console_way_usage_volume() },
	{ value: 'usage.package', label: m.console_way_usage_package() },
	{ value: 'usage.percentage', label: m.console_way_usage_percentage() },
	{ value: 'usage.graduated_percentage', label: m.console_way_usage_graduated_percentage() },
	{ value: 'minimum.flat', label: m.console_way_minimum() },
	{ value: 'one_off.flat', label: m.console_way_one_off() }
];

export const intervalOptions = (): Option[] => [
	{ value: 'day', label: m.console_plans_daily() },
	{ value: 'week', label: m.console_plans_weekly() },
	{ value: 'month', label: m.console_plans_monthly() },
	{ value: 'quarter', label: m.console_plans_quarterly() },
	{ value: 'year', label: m.console_plans_yearly() }
];

export const momentOptions = (): Option[] => [
	{ value: 'at_once', label: m.console_version_at_once() },
	{ value: 'period_end', label: m.console_version_period_end() }
];

export const prorationOptions = (): Option[] => [
	{ value: 'day', label: m.console_version_by_day() },
	{ value: 'second', label: m.console_version_by_second() },
	{ value: 'none', label: m.console_version_not_prorated() }
];

export const taxOptions = (): Option[] => [
	{ value: 'standard', label: m.console_version_tax_standard() },
	{ value: 'reduced', label: m.console_version_tax_reduced() },
	{ value: 'zero', label: m.console_version_tax_zero() },
	{ value: 'exempt', label: m.console_version_tax_exempt() }
];
