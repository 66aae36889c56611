/** Put in by the build from package.json. */
declare const __BACKLOG_VERSION__: string;
/** Put in by the build: changes with whatever decides how a ticket file is read, so that no cache outlives it. */
declare const __BACKLOG_READER__: string;
