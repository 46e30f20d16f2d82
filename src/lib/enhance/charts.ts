import { all, around } from './elements.ts';
import { moved, nearest, said, type Point } from './points.ts';

/**
 * A crosshair with the figures of the day under the pointer, and the same by the arrow keys. The server draws the
 * chart and writes its points beside it; a slider laid over the plot is what keys and ears get hold of.
 */
export function followCharts(): void {
	for (const chart of all('[data-chart]')) prepare(chart);

	document.addEventListener('pointermove', (event) => {
		const chart = around(event, '[data-chart]');
		for (const other of all('[data-chart][data-at]')) {
			if (other !== chart && !other.contains(document.activeElement)) rest(other);
		}
		if (chart === null) return;
		const box = plot(chart).getBoundingClientRect();
		if (box.width > 0)
			show(chart, nearest(pointsOf(chart), (event.clientX - box.left) / box.width));
	});
	document.addEventListener('pointerleave', () => all('[data-chart][data-at]').forEach(rest));
	document.addEventListener('keydown', (event) => {
		const chart = around(event, '[data-chart]');
		if (chart === null || !around(event, '.chart-cursor')) return;
		if (event.key === 'Escape') rest(chart);
		const points = pointsOf(chart);
		const to = moved(event.key, Number(chart.dataset['at'] ?? points.length), points.length);
		if (to === undefined) return;
		event.preventDefault();
		show(chart, to);
	});
	document.addEventListener('focusin', (event) => {
		const chart = around(event, '.chart-cursor') && around(event, '[data-chart]');
		if (chart && chart.dataset['at'] === undefined) show(chart, pointsOf(chart).length - 1);
	});
	document.addEventListener('focusout', (event) => {
		const chart = around(event, '[data-chart]');
		if (chart) rest(chart);
	});
}

/** Lays the slider over the plot. Called again for charts that a live update brought. */
export function prepare(chart: HTMLElement): void {
	const points = pointsOf(chart);
	if (points.length === 0 || chart.querySelector('.chart-cursor')) return;
	const cursor = make('div', 'chart-cursor');
	cursor.tabIndex = 0;
	cursor.setAttribute('role', 'slider');
	cursor.setAttribute('aria-label', plot(chart).querySelector('title')?.textContent ?? '');
	cursor.setAttribute('aria-valuemin', '1');
	tell(cursor, points, points.length - 1);
	chart.append(cursor, make('div', 'chart-cross'), make('div', 'chart-tip'));
}

function show(chart: HTMLElement, at: number): void {
	const points = pointsOf(chart);
	const point = points[at];
	const cursor = chart.querySelector<HTMLElement>('.chart-cursor');
	const cross = chart.querySelector<HTMLElement>('.chart-cross');
	const tip = chart.querySelector<HTMLElement>('.chart-tip');
	if (!point || !cursor || !cross || !tip) return;
	chart.dataset['at'] = String(at);
	tell(cursor, points, at);

	const list = document.createElement('ul');
	for (const { name, value } of point.values) {
		const line = document.createElement('li');
		line.append(text('span', name), text('b', value));
		list.append(line);
	}
	tip.replaceChildren(text('p', point.label), list);

	const outer = chart.getBoundingClientRect();
	const inner = plot(chart).getBoundingClientRect();
	const left = inner.left - outer.left + point.x * inner.width;
	cross.style.translate = `${left}px 0`;
	// Beside the line, on the side with more room, and never out of the chart.
	const after = left + 12;
	const before = left - 12 - tip.offsetWidth;
	const fits = after + tip.offsetWidth <= outer.width;
	tip.style.translate = `${fits ? after : Math.max(0, before)}px 0`;
}

function rest(chart: HTMLElement): void {
	delete chart.dataset['at'];
}

function tell(cursor: HTMLElement, points: Point[], at: number): void {
	const point = points[at];
	cursor.setAttribute('aria-valuemax', String(points.length));
	cursor.setAttribute('aria-valuenow', String(at + 1));
	if (point) cursor.setAttribute('aria-valuetext', said(point));
}

/** Read anew each time: a live update may have brought others. */
function pointsOf(chart: HTMLElement): Point[] {
	const data = chart.querySelector('[data-chart-points]')?.textContent;
	return data ? (JSON.parse(data) as Point[]) : [];
}

function plot(chart: HTMLElement): Element {
	return chart.querySelector('svg') ?? chart;
}

/** Marked as the script's own, so that a live update lets it be. */
function make(tag: string, name: string): HTMLElement {
	const element = document.createElement(tag);
	element.className = name;
	element.dataset['own'] = '';
	return element;
}

function text(tag: string, content: string): HTMLElement {
	const element = document.createElement(tag);
	element.textContent = content;
	return element;
}
