// Loaded into a measured process by NODE_OPTIONS: writes its peak memory, in KiB, where the bench asked for it.
const { writeFileSync } = require('node:fs');
process.on('exit', () => {
  const file = process.env.BENCH_PEAK_FILE;
  if (file) writeFileSync(file, String(process.resourceUsage().maxRSS));
});
