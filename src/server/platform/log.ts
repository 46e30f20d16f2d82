import pino, { type Logger } from 'pino';

export type { Logger };

/** JSON lines on standard error; fields that could carry a secret are never written. */
export function createLog(level: string): Logger {
	return pino(
		{
			level,
			base: null,
			// An Error has no properties of its own to write down; this gives its type, message and stack.
			serializers: { error: pino.stdSerializers.err },
			redact: {
				paths: [
					'password',
					'token',
					'secret',
					'authorization',
					'cookie',
					'*.password',
					'*.token',
					'*.secret',
					'*.authorization',
					'*.cookie',
					'*.client_secret'
				],
				censor: '[withheld]'
			}
		},
		pino.destination({ fd: 2, sync: true })
	);
}
