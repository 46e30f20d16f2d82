// Loaded before a program (`node --import`) that must not outlive the process that started it, not even
// when that one is killed with -9: the channel between them then closes. Without a channel it does nothing.
if (process.connected) {
	process.once('disconnect', () => process.exit(1));
	process.channel?.unref();
}
