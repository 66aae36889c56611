import { stem } from './terms.ts';

/**
 * Words of programming that people use for one another: a question says "money" or "settings" where the code says "cost" or
 * "config". One group a line; a word may be in several. General words only: names of a project are its own matter.
 */
const groups = `
save write store persist keep
read load parse open
remove delete drop clear erase
create make new add generate
change edit modify update alter
replace substitute swap
start begin launch spawn run
stop end finish close exit
kill terminate abort crash die dead
wait sleep delay pause
retry attempt again
error failure problem fault exception
warn warning notice
fail refuse reject deny forbid block
allow permit accept
permission access right
check validate verify test judge
test spec assert
ask request query call
answer response reply result
guess suggest nearest similar typo
find search look discover detect locate
choose select pick
show print display render output
hide redact mask
secret personal private sensitive password credential token
config configuration setting option preference
folder directory path
file document
subfolder parent upward above
link symlink
name identifier id key
money cost price spend budget usd dollar
limit cap most maximum bound
predict estimate forecast
average mean median percentile histogram
usage token consumption
proxy gateway
vendor provider upstream
background daemon
server service
client caller
conversation transcript chat dialogue
message text prompt
log journal record ledger history
month period day
rotate archive segment
person human user people
agree confirm consent approve
agent worker subagent
undo revert restore rollback
install setup bootstrap
skip waive ignore omit bypass
disable suppress off
ignore gitignore exclude
cycle circle loop circular
parallel concurrent simultaneous side together
wave batch
merge join combine integrate unite
split divide partition
move rename relocate
copy clone duplicate
same equal identical duplicate twice
different difference diff
old previous earlier before stale
fresh recent newest latest
fast quick speed performance
small tiny little trivial
large big huge
count number amount total sum
list array collection
map table dictionary
schema shape form format
json document
type kind class
convert transform turn
escape encode quote sanitize
hash digest checksum fingerprint
state status condition
finished done complete
unfinished open pending
begin ready
depend dependency require need import
permission consent
session conversation
lock exclusive mutex claim lease
owner holder belong
expire timeout deadline late long
time clock date
shell command terminal console
flag option argument parameter
environment variable env
process program child
branch worktree checkout
commit revision change
push pull publish
review reviewer inspect
rule guideline policy
danger risk unsafe
weak weaken loose
strong stronger escalate upgrade
cheap local free
fallback alternative substitute instead
choose route dispatch assign
advice tip playbook hint
mark score rate tag
label tag attribution
describe explain documentation
notify event hook callback
trace span telemetry observability
header field
body payload content
stream chunk
browser page html
image picture
color style
login auth authenticate authorization
encrypt cipher
cache memoize
queue backlog
thread task job
database sql table
network http connection socket
url address endpoint
`;

/** Stem → the stems that may stand for it. */
const related: ReadonlyMap<string, ReadonlySet<string>> = tableOf(groups);

/** The terms that may stand for this one in code; none for most. */
export function relatedTerms(term: string): readonly string[] {
  return [...(related.get(term) ?? [])];
}

function tableOf(text: string): Map<string, Set<string>> {
  const table = new Map<string, Set<string>>();
  for (const line of text.trim().split('\n')) {
    const stems = line.split(' ').map(stem);
    for (const one of stems) {
      const others = table.get(one) ?? new Set();
      for (const other of stems) if (other !== one) others.add(other);
      table.set(one, others);
    }
  }
  return table;
}
