/** Put in by the build from package.json. */
declare const __BACKLOG_VERSION__: string;
