import type { CommandRow } from './table.ts';

// Rows of the table of commands that are also run without the parser, and without the table; see plain-ticket.ts.

export const ticketNew: CommandRow = {
  name: 'ticket new',
  summary: 'create a ticket with the next free id',
  options: [
    ['--type <prefix>', 'ticket prefix of the config, such as FEAT'],
    ['--title <title>', 'what is to be done, in one line'],
    ['--from <file>', 'the whole ticket as JSON, `-` for stdin; `--from help` prints the form'],
    ['--set <key=value>', 'a front matter field; may be repeated', { repeat: true }],
  ],
  examples: ['backlog ticket new --type FEAT --title "Add a health endpoint"'],
  load: async () => (await import('./commands/ticket-write.ts')).create,
};

export const ticketEdit: CommandRow = {
  name: 'ticket edit',
  args: '<id>',
  summary: 'change front matter fields; every other byte stays',
  options: [['--set <key=value>', 'a field and its new value (YAML); may be repeated', { repeat: true }]],
  examples: ['backlog ticket edit FEAT-001 --set priority=high'],
  load: async () => (await import('./commands/ticket-write.ts')).edit,
};
