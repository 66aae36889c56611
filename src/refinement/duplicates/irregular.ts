/** Forms that no rule of {@link import('./stem.ts').stem} takes back to their word: `base: forms`. */
const irregularLines = `
analysis: analyses analyse analyze analysed analyzed analyzing
appear: appearance
automate: automatic automatically
become: became
break: broke broken breakage
begin: began begun
bring: brought
build: built
buy: bought
cancel: cancelled cancelling cancellation
catch: caught
center: centre centres centred
child: children
choose: chose chosen
collide: collision
come: came
compare: comparison
consistent: consistency
criterion: criteria
deal: dealt
decide: decision
deliver: delivery deliveries
different: difference differ differs
discover: discovery
divide: division
draw: drew drawn
drive: drove driven
fail: failure failures
exclude: exclusion exclusive
exist: existence
expand: expansion
vertex: vertices
extend: extension
fall: fell fallen
feed: fed
feel: felt
find: found
flexible: flexibility
forget: forgot forgotten
freeze: froze
get: got gotten
give: gave given
go: went gone goes
grow: grew grown
hear: heard
hide: hid hidden
hold: held
include: inclusion inclusive
index: indices
init: initialize initialise initialization initialisation initialized initialised
keep: kept
know: knew known
label: labelled labelling
lead: led
leak: leakage
license: licence licences
load: loader
maintain: maintenance
make: made
matrix: matrices
mean: meant
meet: met
model: modelled modelling
mouse: mice
occur: occurrence occurrences occurred occurring
optimize: optimizer optimiser
parse: parser parsers
pay: paid payment payments
person: people persons
recover: recovery
reduce: reduction
redeem: redemption
refer: referred referring
reply: replies
register: registration
replica: replicas replicate replication
ride: rode ridden
rise: rose risen
run: ran
say: said says
see: saw seen
sell: sold
send: sent
serialize: serializer serialiser
shake: shook shaken
show: shown
signal: signalled signalling
sleep: slept
speak: spoke spoken
spend: spent
stable: stability
stand: stood
steal: stole stolen
submit: submission
subscribe: subscription subscriptions
succeed: success successful successfully
suspend: suspension
sync: synchronize synchronise synchronization synchronisation synchronous
take: took taken
teach: taught
tear: tore torn
tell: told
think: thought
throw: threw thrown
translate: translation translations
transmit: transmission
travel: travelled travelling
try: tried tries
understand: understood
use: using used usage
vary: varies varied variation
verify: verification
visible: visibility
wake: woke woken
wear: wore worn
withdraw: withdrew withdrawn withdrawal
write: wrote written
overwrite: overwrote overwritten
rewrite: rewrote rewritten
`;

/** Form → the word that it is a form of. */
export const irregular: ReadonlyMap<string, string> = new Map(
  irregularLines
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [word = '', forms = ''] = line.split(': ');
      return forms.split(' ').map((form): [string, string] => [form, word]);
    }),
);
