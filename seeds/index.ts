export { accounts, demoPassword } from './accounts.ts';
export { tellStory, type TellingOptions } from './story.ts';
