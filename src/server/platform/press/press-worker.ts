import { parentPort } from 'node:worker_threads';
import { readFonts } from './fonts.ts';
import type { Delivery, Order } from './press.ts';
import { openTypst, standard } from './typst.ts';

const compiler = openTypst(await readFonts());

/** What so many sheets have not asked for again is forgotten: parsed templates stay, sheets go. */
const keptFor = 10;

parentPort?.on('message', ({ id, template, sheet }: Order) => {
	parentPort?.postMessage(deliver(id, template, sheet));
	compiler.evictCache(keptFor);
});

function deliver(id: number, template: string, sheet: string): Delivery {
	try {
		const compiled = compiler.compile({ mainFileContent: template, inputs: { sheet } });
		const { result } = compiled;
		if (!result) {
			const error = compiled.takeError();
			return { id, problem: JSON.stringify(error?.shortDiagnostics ?? 'no reason given') };
		}
		return { id, pdf: compiler.pdf(result, standard) };
	} catch (error) {
		// The compiler throws for what it cannot write as this kind of PDF; whoever ordered it hears of it.
		return { id, problem: error instanceof Error ? error.message : String(error) };
	}
}
