import { stem } from './stem.ts';

/** Words that carry no subject: articles, pronouns, auxiliary verbs, prepositions. */
const functionWords =
  'a an the this that these those it its we our us i my you your they them their he she who which what there here is are was were be been being am do does did has have had can could will would shall should may might must of for on at as so than then if when while where how why and or but not no nor any all each every some more most such own same also too very just only even still yet again now please pls etc eg ie about because since until unless whether both either via per s t ll re ve d m to from into onto with by before after over under between through without within during against in out up down off about';

/**
 * Words that nearly every ticket has in one form or other; they count for little, whatever the backlog. A backlog of ten
 * tickets is too small to learn that from.
 */
const commonWords =
  'add make fix use support implement allow let need want get set put give show new ticket issue task feature bug user customer people work change update improve ensure handle create enable provide introduce page button code app application system service file problem wrong bad good fail error broken able let instead of time thing way case current currently one two first today';

/** What means the same in a ticket. The first of each line stands for all. */
const synonymLines = `
add introduce implement create provide support offer
remove delete drop eliminate discard
fix repair correct mend resolve
fail broken break crash die abort
show display render visible view appear
hide invisible
allow let permit
login signin logon
picture image photo icon avatar
admin administrator
config configuration configure configurable setting preference option
docs document documentation doc manual guide explain describe undocumented
repo repository
db database
endpoint route
upgrade bump
convert transform conversion
move migrate relocate transfer
duplicate double
twice double
slow slowly sluggish lag latency
fast quick speed performance perf
mail email
folder directory
button btn
theme skin
toggle switch
notify notification inform alert
auth authentication authenticate
authz authorization authorize permission
param parameter argument
env environment
message msg
verify validate validation check
refuse reject deny
max maximum most
min minimum least
raise increase grow
lower decrease reduce shrink
app application
info information
limit throttle cap
persist keep save remember retain
translate translation i18n localization locale
shop store
window dialog modal popup
mobile phone smartphone
postgres postgresql pg
js javascript
ts typescript
py python
k8s kubernetes
dependency dep library
percent percentage
encrypt encryption
anonymise anonymous mask
parcel package shipment ship shipping delivery
hang freeze frozen stuck block
left remaining
large big huge heavy
small little tiny
wrong incorrect invalid false
lose lost loss
expire expiry expiration timeout
customer buyer
price cost fee
bill invoice
purchase order
choose pick select choice
list table overview
row entry record item
text string copy label
signature signed unsigned sign
concurrent parallel simultaneous race
lock mutex
split extract separate
refactor restructure rework
empty blank
typo misspell spelling
sometimes occasionally flaky intermittent
random arbitrary
field column property
page screen
narrow thin
click tap press
search find lookup query
send deliver dispatch
fetch load retrieve
comment reply
start begin launch
finish end complete
schedule cron nightly
secret credential token
unused obsolete stale inactive idle
staging stg
production prod
development dev
cursor caret
temporary temp tmp
certificate cert
password passwd pwd passphrase
regex regexp
statistic stats
autocomplete typeahead
favorite bookmark
crash segfault
deduplicate dedupe dedup
`;

/** What is said in several words, as one. Longer ones first where two begin alike. */
const phraseLines = `
two factor = twofactor
2 factor = twofactor
second factor = twofactor
2fa = twofactor
mfa = twofactor
e mail = mail
e mails = mail
get rid of = remove
gets rid of = remove
set up = setup
end to end = endtoend
e2e = endtoend
web socket = websocket
web sockets = websocket
local storage = localstorage
back up = backup
back ups = backup
web hook = webhook
web hooks = webhook
a11y = accessibility
node js = node
nodejs = node
java script = javascript
type script = typescript
single sign on = sso
brute force = bruteforce
brute forcing = bruteforce
out of memory = oom
oomkilled = oom
end of life = eol
internal server error = 500
internal server errors = 500
500s = 500
404s = 404
half an hour = 30 minute
a quarter of an hour = 15 minute
quarter of an hour = 15 minute
half a minute = 30 second
two years = 24 month
a year = 12 month
one year = 12 month
twice a minute = 30 second
`;

/** Compounds that some write as two words: `wish list`, `wish-list`, `wishlist`, and their plurals. */
const compounds =
  'wish list,drop down,check box,file name,user name,host name,time stamp,time zone,data base,data set,back end,front end,pop up,plug in,work flow,change log,white space,life cycle,side bar,tool bar,scroll bar,tool tip,roll back,fall back,screen shot,code base,meta data,web site,home page,stack trace,auto complete,auto save,read only,real time,save game,dead lock,heart beat,keep alive,short cut,hot key,book mark,news letter,sub domain,sub folder,file system,key word,place holder,water mark,thumb nail,multi player';

/** Verbs of two words in all their forms: `log`, `logs`, `logged` and `logging` with `in` or `out`. */
const verbsWithParticle: readonly (readonly [forms: string, particle: string, word: string])[] = [
  ['log logs logged logging sign signs signed signing', 'in', 'login'],
  ['log logs logged logging sign signs signed signing', 'out', 'logout'],
  ['sign signs signed signing', 'up', 'signup'],
  ['turn turns turned turning switch switches switched switching', 'on', 'enable'],
  ['turn turns turned turning switch switches switched switching', 'off', 'disable'],
];

/** Opposites: two tickets that ask for different ones of a line ask for different things, whatever else they share. */
const oppositeLines = `
push pull fetch
enable disable
add remove
show hide
start stop
open close
lock unlock
allow deny forbid
import export
upload download
encode decode
encrypt decrypt
compress decompress
read write
input output
request response
increase decrease
upgrade downgrade
install uninstall
subscribe unsubscribe
mount unmount
include exclude
expand collapse
attach detach
connect disconnect
first last
min max
left right
top bottom
horizontal vertical
ascending descending
inbound outbound incoming outgoing
internal external
public private
sync async
light dark
local remote
cache purge invalidate
merge split
archive restore
create delete
serialize deserialize
login logout signup
client server
sender receiver
source target
frontend backend
`;

/** Kinds of one thing: titles with different ones of a line are about different things. */
const kindLines = `
hour day week month quarter year hourly daily weekly monthly quarterly yearly
monday tuesday wednesday thursday friday saturday sunday
january february march april june july august september october november december
linux windows macos mac ubuntu debian alpine freebsd
android ios
chrome firefox safari edge opera
json csv xml yaml toml pdf html markdown excel xlsx parquet zip tar
python javascript typescript rust golang java kotlin swift ruby php scala
german french spanish italian portuguese dutch polish russian chinese japanese korean arabic english turkish
postgres mysql sqlite mongodb redis oracle mariadb dynamodb cassandra
aws azure gcp
get post put patch
mail sms slack teams discord telegram
staging production
unit integration endtoend
mobile desktop tablet
admin guest moderator
red green blue yellow
stripe paypal adyen
github gitlab bitbucket gitea
npm pnpm yarn bun
react vue angular svelte
debug info warn
amd64 arm64
`;

/** Words in a title that ask for a certain kind of work; a ticket that does not speak of it asks for another. */
const workLines = `
rename
document
translate
test
log
retry
archive
group
filter
paginate
deprecate
review
merge
encrypt
sign
automate
partition
index
benchmark
mask
mute
publish
revert
remove
disable
sort
cancel
resize
`;

/** Verbs by which a title asks for something; a title that begins otherwise tells of a fault or a wish. */
const imperatives =
  'accept activate adapt add adjust align allow analyze announce apply archive ask assign attach authenticate authorize automate avoid backup batch bind block bring build bump bundle cache calculate cancel cap capture change check choose clean clear clone close collect combine compare compile complete compress compute configure confirm connect consolidate continue convert copy count cover create customize cut deactivate debug decode decouple decrease decrypt deduplicate defer define delete deliver deploy deprecate describe detach detect determine disable disallow discard disconnect display distribute divide document downgrade drain draw drop edit eliminate embed emit enable encode encrypt enforce ensure escape establish estimate evaluate exclude execute expand expire explain export expose extend extract fetch fill filter find finish fix flag flush fold follow forbid force format forward freeze gather generate get give grant group guard handle harden hide highlight identify implement import improve include increase index inform inject inline insert inspect install integrate introduce invalidate investigate isolate join keep launch let limit link load localize lock log lower maintain make manage map mark mask match measure merge migrate minimize modernize modify monitor mount move mute name normalize notify obey offer omit open optimize order organize override package paginate parallelize parse partition pass patch pause perform permit persist pick pin place plan poll populate prefer prefix prepare present preserve prevent print prioritize process promote propagate protect provide prune publish pull purge push put query queue raise rank read rebuild receive recognize recommend reconnect record recover redact redesign redirect reduce refactor refresh refuse regenerate register reject relax release reload remember remove rename render reopen reorder reorganize repair repeat replace report reproduce require reschedule reset resize resolve respect respond restart restore restrict resume retry return reuse revert review rework rewrite roll rotate route run sanitize save scale scan schedule search select send separate serialize serve set setup share ship shorten show shrink sign simplify skip solve sort specify speed split stabilize standardize start stop store stream strip structure submit subscribe suggest support suppress surface swap switch sync synchronize tag take tell terminate test throttle tidy trace track train transfer transform translate trim tune turn unify uninstall unlock unsubscribe update upgrade upload use validate verify wait warn watch wire wrap write';

const lines = (text: string): string[][] =>
  text
    .trim()
    .split('\n')
    .map((line) => line.split(' '));

export const stopStems: ReadonlySet<string> = new Set(functionWords.split(' ').map(stem));

/** Stem → the stem that stands for it. */
export const synonyms: ReadonlyMap<string, string> = (() => {
  const found = new Map<string, string>();
  for (const [first = '', ...others] of lines(synonymLines))
    for (const other of others)
      if (!found.has(stem(other)) && !found.has(stem(first)) && stem(other) !== stem(first))
        found.set(stem(other), stem(first));
  return found;
})();

/** The term that a word of plain text counts as. */
export function termOf(word: string): string {
  const own = stem(word);
  return synonyms.get(own) ?? own;
}

export const commonTerms: ReadonlySet<string> = new Set(commonWords.split(' ').map(termOf));

/** Term → the numbers of the lines that it is part of. */
function linesByTerm(text: string): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  for (const [number, line] of lines(text).entries())
    for (const term of new Set(line.map(termOf))) found.set(term, [...(found.get(term) ?? []), number]);
  return found;
}

export const opposites = linesByTerm(oppositeLines);
export const kinds = linesByTerm(kindLines);

export const imperativeTerms: ReadonlySet<string> = new Set(imperatives.split(' ').map(termOf));

/** Words by which a title that is no imperative asks for something. */
export const wishTerms: ReadonlySet<string> = new Set(
  ['need', 'want', 'should', 'must', 'ought', 'wish'].map(termOf),
);
export const workTerms: ReadonlySet<string> = new Set(workLines.trim().split('\n').map(termOf));

/** First word → the phrases that it begins: their further words, and what stands for them. */
const phrases: ReadonlyMap<string, readonly { readonly rest: readonly string[]; readonly word: string }[]> =
  (() => {
    const found = new Map<string, { rest: string[]; word: string }[]>();
    const spelled = verbsWithParticle.flatMap(([forms, particle, word]) =>
      forms.split(' ').map((form) => `${form} ${particle} = ${word}`),
    );
    const joined = compounds.split(',').flatMap((one) => {
      const word = one.replace(' ', '');
      return [`${one} = ${word}`, `${one}s = ${word}`];
    });
    for (const line of [...phraseLines.trim().split('\n'), ...spelled, ...joined]) {
      const [said = '', word = ''] = line.split(' = ');
      const [first = '', ...rest] = said.split(' ');
      found.set(first, [...(found.get(first) ?? []), { rest, word }]);
    }
    return found;
  })();

/** The words with their phrases joined. */
export function withPhrases(words: readonly string[]): readonly string[] {
  if (!words.some((word) => phrases.has(word))) return words;
  const joined: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const phrase = phrases
      .get(word)
      ?.find(({ rest }) => rest.every((one, index) => words[at + 1 + index] === one));
    if (phrase === undefined) joined.push(word);
    else {
      joined.push(...phrase.word.split(' '));
      at += phrase.rest.length;
    }
  }
  return joined;
}
