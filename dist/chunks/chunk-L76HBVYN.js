import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{F as U,k as H,m as N,n as Z,o as X,q as _}from"./chunk-66JCFEDB.js";function V(t,e,r){let n=_e(t.filter(({score:s})=>s>=e)),i=(s,a)=>{let l=0;for(let[c,m]of n.get(s)??[])l=Math.max(l,m*(n.get(a)?.get(c)??0));return l},o=(s,a,l)=>[...n.get(s)??[]].some(([c,m])=>c!==a&&m>l&&r(c,a));return t.flatMap(({x:s,y:a,score:l})=>{if(l<e){let c=i(s,a);return c>=e&&!r(s,a)?{x:s,y:a,score:c}:[]}return o(s,a,l)||o(a,s,l)?[]:{x:s,y:a,score:l}})}function _e(t){let e=new Map,r=(n,i,o)=>{let s=e.get(n)??new Map;e.set(n,s.set(i,o))};for(let{x:n,y:i,score:o}of t)r(n,i,o),r(i,n,o);return e}var A=class{#e=new Int32Array(0);#r=[];#t=new Int32Array(0);#n=0;#o=[0];#i=0;#s=new Int32Array(2048);get length(){return this.#o.length-1}add(e){for(let r=0;r<e.length;r+=1)this.#n===this.#t.length&&(this.#t=new Int32Array(65536),this.#r.push(this.#t),this.#n=0),this.#t[this.#n]=e[r]??0,this.#n+=1;this.#i+=e.length,this.#o.push(this.#i)}addSorted(e){e.length>this.#s.length?this.add(Int32Array.from(e).sort()):(this.#s.set(e),this.add(this.#s.subarray(0,e.length).sort()))}at(e){return this.numbers().subarray(this.begin(e),this.begin(e+1))}begin(e){return this.#o[e]??this.#i}numbers(){if(this.#r.length===0)return this.#e;let e=new Int32Array(this.#i);e.set(this.#e);let r=this.#e.length;for(let n of this.#r)e.set(n.subarray(0,this.#i-r),r),r+=n.length;return this.#e=e,this.#r=[],this.#t=new Int32Array(0),this.#n=0,e}};var We=new Set(["acceptance criteria","actual cost","affected files","cost estimate","definition of done","dependencies","history","ice score","implementation notes","implementation plan","investigation","notes","refinement status","test strategy","validation tests"]);function x(t){let{sections:e,lines:r}=_(t.text),n=e.length>0?e.filter(({title:s})=>!We.has(s.trim().toLowerCase())).map(({text:s})=>s):r.filter(({heading:s})=>s===void 0).map(({text:s})=>s),i=t.fields.affected_files,o=Array.isArray(i)?i.filter(s=>typeof s=="string").map(X):[];return{prose:Ce(U(n.join(`
`))),criteria:N(e).map(({text:s})=>s).filter(s=>!s.startsWith("<")),files:[...new Set([...o,...Z(e).map(({path:s})=>s)])],mentions:qe(e)}}function qe(t){let e=[];for(let{title:r,lines:n}of t)if(!Pe.has(r.trim().toLowerCase()))for(let{text:i}of n){if(!i.includes("-")||i.length>$e)continue;let o=i.match(/\b[A-Za-z][A-Za-z0-9]{0,15}-[0-9]{1,9}(?:\.[0-9]{1,4})*\b/g);if(!(o===null||/\bduplicat|\bsame as\b/i.test(i))){for(let s of o)if(e.push(s.toUpperCase())>=je)return e}}return e}var Pe=new Set(["history","refinement status"]),$e=2e3,je=100;function Y(t){let{sections:e}=_(t.text);return H(e,"Acceptance Criteria")?N(e):[]}function Ce(t){return t.replaceAll(/<[^<>\n]{1,200}>/g," ")}var De=`
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
`,J=new Map(De.trim().split(`
`).flatMap(t=>{let[e="",r=""]=t.split(": ");return r.split(" ").map(n=>[n,e])}));function v(t){let e=J.get(t)??t;return e.length<4||!/^[a-z]+$/.test(e)?e:Ue(He(Ke(Ge(e))))}function Ke(t){return t.replace(/^(.{3,})is(e|ed|ing|er|ation)$/,"$1iz$2").replace(/^(col|behavi|fav|hon|neighb|lab|flav|rum|harb)our/,"$1or").replace(/logue$/,"log")}function Ge(t){return t.endsWith("ies")&&t.length>4?`${t.slice(0,-3)}y`:/(?:ss|x|z|ch|sh)es$/.test(t)?t.slice(0,-2):t.endsWith("s")&&!/(?:ss|us|is)$/.test(t)?t.slice(0,-1):t}var Be=[["ability",4],["ibility",4],["ization",4],["izing",4],["ized",4],["ation",4],["ating",4],["ated",4],["ness",4],["able",4],["ible",4],["ment",4],["ate",4],["ing",3],["ful",4],["ion",4],["ize",4],["er",5],["ly",4],["ed",3]];function He(t){if(t.length>5&&/(?:ov|ew|iv|us)al$/.test(t))return t.slice(0,-2);if(t.length>8&&(t.endsWith("ancy")||t.endsWith("ency")))return`${t.slice(0,-2)}t`;if(t.endsWith("ically"))return t.slice(0,-4);for(let[e,r]of Be){if(!t.endsWith(e))continue;let n=t.slice(0,-e.length);if(!(n.length<r||!/[aeiouy]/.test(n))&&!(e==="ion"&&!/[st]$/.test(n)))return e==="ing"||e==="ed"?Ze(Xe(n)):n}return t}function Ze(t){return t.length>6&&t.endsWith("er")?t.slice(0,-2):t}function Xe(t){return/([^aeioulsz])\1$/.test(t)?t.slice(0,-1):t}function Ue(t){return t.length>3&&t.endsWith("e")?t.slice(0,-1):t.endsWith("y")&&t.length>3?`${t.slice(0,-1)}i`:t}var Ve="a an the this that these those it its we our us i my you your they them their he she who which what there here is are was were be been being am do does did has have had can could will would shall should may might must of for on at as so than then if when while where how why and or but not no nor any all each every some more most such own same also too very just only even still yet again now please pls etc eg ie about because since until unless whether both either via per s t ll re ve d m to from into onto with by before after over under between through without within during against in out up down off about",Ye="add make fix use support implement allow let need want get set put give show new ticket issue task feature bug user customer people work change update improve ensure handle create enable provide introduce page button code app application system service file problem wrong bad good fail error broken able let instead of time thing way case current currently one two first today",Je=`
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
fast quick speed performance
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
postgres postgresql
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
`,Qe=`
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
half an hour = 30 minute
two years = 24 month
a year = 12 month
one year = 12 month
twice a minute = 30 second
`,et=[["log logs logged logging sign signs signed signing","in","login"],["log logs logged logging sign signs signed signing","out","logout"],["sign signs signed signing","up","signup"],["turn turns turned turning switch switches switched switching","on","enable"],["turn turns turned turning switch switches switched switching","off","disable"]],tt=`
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
`,rt=`
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
`,nt=`
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
`,it="accept activate adapt add adjust align allow analyze announce apply archive ask assign attach authenticate authorize automate avoid backup batch bind block bring build bump bundle cache calculate cancel cap capture change check choose clean clear clone close collect combine compare compile complete compress compute configure confirm connect consolidate continue convert copy count cover create customize cut deactivate debug decode decouple decrease decrypt deduplicate defer define delete deliver deploy deprecate describe detach detect determine disable disallow discard disconnect display distribute divide document downgrade drain draw drop edit eliminate embed emit enable encode encrypt enforce ensure escape establish estimate evaluate exclude execute expand expire explain export expose extend extract fetch fill filter find finish fix flag flush fold follow forbid force format forward freeze gather generate get give grant group guard handle harden hide highlight identify implement import improve include increase index inform inject inline insert inspect install integrate introduce invalidate investigate isolate join keep launch let limit link load localize lock log lower maintain make manage map mark mask match measure merge migrate minimize modernize modify monitor mount move mute name normalize notify obey offer omit open optimize order organize override package paginate parallelize parse partition pass patch pause perform permit persist pick pin place plan poll populate prefer prefix prepare present preserve prevent print prioritize process promote propagate protect provide prune publish pull purge push put query queue raise rank read rebuild receive recognize recommend reconnect record recover redact redesign redirect reduce refactor refresh refuse regenerate register reject relax release reload remember remove rename render reopen reorder reorganize repair repeat replace report reproduce require reschedule reset resize resolve respect respond restart restore restrict resume retry return reuse revert review rework rewrite roll rotate route run sanitize save scale scan schedule search select send separate serialize serve set setup share ship shorten show shrink sign simplify skip solve sort specify speed split stabilize standardize start stop store stream strip structure submit subscribe suggest support suppress surface swap switch sync synchronize tag take tell terminate test throttle tidy trace track train transfer transform translate trim tune turn unify uninstall unlock unsubscribe update upgrade upload use validate verify wait warn watch wire wrap write",ee=t=>t.trim().split(`
`).map(e=>e.split(" ")),W=new Set(Ve.split(" ").map(v)),ot=(()=>{let t=new Map;for(let[e="",...r]of ee(Je))for(let n of r)!t.has(v(n))&&!t.has(v(e))&&v(n)!==v(e)&&t.set(v(n),v(e));return t})();function h(t){let e=v(t);return ot.get(e)??e}var z=new Set(Ye.split(" ").map(h));function te(t){let e=new Map;for(let[r,n]of ee(t).entries())for(let i of new Set(n.map(h)))e.set(i,[...e.get(i)??[],r]);return e}var T=te(tt),re=te(rt),ne=new Set(it.split(" ").map(h)),ie=new Set(["need","want","should","must","ought","wish"].map(h)),oe=new Set(nt.trim().split(`
`).map(h)),Q=(()=>{let t=new Map,e=et.flatMap(([r,n,i])=>r.split(" ").map(o=>`${o} ${n} = ${i}`));for(let r of[...Qe.trim().split(`
`),...e]){let[n="",i=""]=r.split(" = "),[o="",...s]=n.split(" ");t.set(o,[...t.get(o)??[],{rest:s,word:i}])}return t})();function se(t){if(!t.some(r=>Q.has(r)))return t;let e=[];for(let r=0;r<t.length;r+=1){let n=t[r]??"",i=Q.get(n)?.find(({rest:o})=>o.every((s,a)=>t[r+1+a]===s));i===void 0?e.push(n):(e.push(...i.word.split(" ")),r+=i.rest.length)}return e}var st=`
break fail crash error exception fault throw raise panic abort die
corrupt damage broken unreadable garble mangle destroy truncate
lose lost loss missing gone disappear vanish drop discard
leak expose reveal disclose tell visible
hang freeze stuck block deadlock unresponsive stall wait
slow delay latency lag late long performance sluggish take minute second
fast quick speed instant performance
stale old outdated obsolete former previous legacy
fresh new recent latest newest current
duplicate twice double again repeat redundant same
once single one exactly unique only idempotent
retry again attempt try repeat reconnect resume
resume continue restart interrupted recover
interrupt kill preempt stop abort cancel lost terminate cut
finish end done complete close over
start begin launch boot startup open load init initialise
restart reboot reset again
ignore skip omit leave respect honour exclude suppress bypass
honour respect obey evaluate follow
hide suppress omit remove filter without exclude
filter narrow restrict only exclude facet
limit cap most maximum quota throttle bound ceiling
throttle limit rate quota
allow let permit can able
forbid refuse reject deny block disallow prevent
check validate verify test inspect compare
wrong incorrect false invalid bad bug mistake
right correct valid proper fix
fix repair correct solve mend resolve patch
make create build generate produce
add introduce new support offer implement provide missing lack need
need require want should must missing lack
missing lack absent no without none undocumented
change modify edit update alter switch
switch change move migrate replace toggle convert
replace swap substitute instead switch
move migrate transfer relocate switch
upgrade update bump version migrate newer
eol deprecated support outdated life unsupported
deprecate retire sunset obsolete remove
delete remove erase purge clean cleanup drop wipe garbage clear
clean cleanup tidy purge prune gc garbage remove
keep retain store save persist remember survive stay preserve
store save persist write record keep
record track log audit store write history journal
log journal output print console stdout trace
print show display output render write
show display visible render view appear see present print
notify tell inform alert warn message mail announce
alert alarm warn notify page pager
warn caution alert notice
announce read speak reader voiceover
mail email newsletter message campaign mailbox inbox
message chat conversation text
chat conversation thread discussion channel
comment reply discussion thread note annotation
send deliver dispatch transmit post push
receive get arrive obtain
arrive delivery eta arrival expected
deliver ship shipping parcel package send carrier
fetch load retrieve read get download pull
request call query ask fetch
answer response reply return
search find look lookup hit query discover
hit result match find
accent diacritic umlaut unicode ascii fold
choose pick select option prefer
option flag switch parameter argument setting
setting preference option config configuration
configure configurable setting config adjust
default standard usual predefined
cart basket
checkout payment pay order purchase buy
pay payment charge billing card transaction
refund return reimburse back money credit
voucher coupon code discount promo
price cost fee amount charge rate
invoice bill receipt
revenue mrr income turnover sales
subscription plan membership
upgrade plan switch
article item product good sku
stock inventory available availability
unavailable stock out
shopper customer buyer user client visitor guest
visitor guest anonymous
user account member person people profile
member user role
team group workspace organisation tenant
role permission right access privilege owner admin
permission access right allow grant role
login signin session authenticate auth password
password pin passcode credential
credential secret password token key
rotate rotation renew change refresh
biometric fingerprint face
unlock open lock
enumerate exist exists registered unknown
forgot reset recover
security vulnerability attack audit leak
privacy gdpr personal
vulnerability cve security hole
encrypt encryption cipher plaintext
hash digest checksum fingerprint
sign signature hmac verify
certificate tls ssl https
vpn tunnel
race concurrent parallel simultaneous lock mutex same
lock mutex exclusive block
transaction atomic commit rollback
atomic rename temporary temp
rollback revert undo restore
restore recover bring back backup
backup snapshot dump copy
disk volume space storage full filesystem
memory heap ram oom leak
cpu processor load
cache memoize store layer reuse
image container docker
container pod docker
pod deployment container
cluster node kubernetes
deploy release rollout ship publish
release tag version publish
build compile bundle
pipeline ci workflow build job
runner machine host agent
machine host server computer
job task worker process
schedule cron nightly daily periodic weekly
queue backlog outbox
worker process thread background
background async worker lazy defer
thread block
probe healthcheck health liveness readiness
health probe alive
monitor metric observe dashboard
metric measure gauge statistic number
dashboard report chart graph overview
report statistic summary figure
figure number amount sum total
sum total add count
count number total
network connection internet wifi
wifi network router wlan
offline airplane disconnected network
online connected reconnect
connection socket link websocket
websocket socket realtime
heartbeat ping keepalive
proxy gateway nginx balancer
timeout expire deadline idle late
expire expiry end validity lifetime
idle inactive rest still quiet
backoff pause wait delay interval
interval period every pause
page screen view site
paginate pagination page cursor offset paging
scroll page
list table overview grid
row entry record line item
column field property
field input form box
form field dialog input
dialog modal popup window
popup dropdown overlay menu modal
window bounds position
monitor display screen
button link click
click tap press
tap touch press
tooltip hint help
menu navigation dropdown
sidebar panel drawer
navigation navigate route link
route path url link
link url deeplink
focus keyboard tab
keyboard key shortcut mouse
mouse pointer click
accessibility wcag aria keyboard
reader voiceover aria
theme color style dark
color ansi escape style
style css layout
layout align overlap responsive
overlap cover cut clip overflow
cut clip crop overflow truncate narrow
wrap truncate width
width wide narrow
zoom scale size
size big large weight
small little tiny short
shrink reduce smaller slim decrease
reduce lower less cut decrease shrink
increase raise grow higher more
animation motion transition
motion move movement
location gps position place
battery energy power drain
picture image photo
icon logo symbol
video movie
audio sound
upload import attach
import ingest load read
export download dump
parse read reader parser
encode encoding charset utf
charset encoding codepage
translate language locale i18n
language locale translation
locale language region
region area zone
timezone zone utc local
date day calendar
day date daily
calendar date schedule event
event meeting appointment
week weekly
month monthly
year annual yearly
time clock hour
clock time skew
currency money euro dollar
round rounding decimal
decimal comma number
number figure digit
order sort rank sequence
rank order relevance score
random arbitrary order unstable
flaky random intermittent sometimes
test spec check assert
coverage test
document describe explain docs write guide reference
describe explain document say
guide tutorial quickstart manual howto
quickstart tutorial guide start
runbook guide steps
reference docs documentation
reason why rationale decision
decision adr choose choice
typo misspell spelling
spelling spell dictionary misspell
example sample snippet
sample example row
template pattern
readme docs
command cli terminal shell
shell bash zsh terminal
completion complete tab
terminal tty console shell
pipe redirect stdout
exit status code
preview simulate
preview draft dry
script tool program
tool program utility
library package dependency
package dependency module
install installation setup
setup install onboarding
environment env variable
staging preview test
file document
folder directory path
name title label
rename name
title heading name
label tag name
draft save autosave
save store savegame
history log past
branch git
merge combine join
combine merge sum
split divide separate
train training model fit
model network
validation test evaluation
leak leakage
checkpoint save state
state status
epoch step
gpu hardware
feature attribute
serve serving inference
export convert
prediction inference score
score accuracy metric
accuracy metric precision
data dataset rows
database sql postgres table
query sql select
index table
schema migration
replica replication copy
replicate replication copy stream
stream live
sync synchronise transfer copy
copy clone duplicate transfer
chunk part block piece
part chunk piece section
bucket s3 storage object
object file
retention keep delete
endpoint route api
api endpoint rest
webhook callback hook
callback hook handler
handler listener
sdk client library
client app
header field
payload body
body content
content text
sensor device node
device phone hardware
phone device mobile
unsubscribe optout
spam junk
contact address
address location
experiment flag
gradual percent
group fold collapse
`,ae=st.trim().split(`
`),at=(()=>{let t=new Map;for(let[e,r]of ae.entries())for(let n of new Set(r.split(" ").map(h)))t.set(n,[...t.get(n)??[],e]);return t})();function le(t){return at.get(t)}var ce=Math.ceil(ae.length/32);var ue=8e3,lt=48,ct=new Map([..."zero one two three four five six seven eight nine ten eleven twelve".split(" ").map((t,e)=>[t,String(e)]).filter(([t])=>t!=="one"),["twenty","20"],["thirty","30"],["forty","40"],["fifty","50"],["hundred","100"],["thousand","1000"]]);function O(t){return R(t).flatMap(q)}function q(t){if(t.length>lt)return[];if(/\d/.test(t))return[{term:t.replace(/^(v?)0+(?=\d)/,"$1"),word:t,kind:"number"}];let e=ct.get(t);if(e!==void 0)return[{term:e,word:t,kind:"number"}];if(ut.test(t)&&t.length>2)return Array.from({length:t.length-1},(n,i)=>{let o=t.slice(i,i+2);return{term:o,word:o,kind:"word"}});let r=h(t);return[{term:r,word:t,kind:W.has(r)||W.has(t)?"function":"word"}]}var ut=/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;function R(t){let e=t.length>ue?t.slice(0,ue):t,r=/^[\u0000-\u007f]*$/.test(e),n=r?e:e.normalize("NFKD").replaceAll(new RegExp("\\p{Mn}|(?<=\\p{L})’(?=\\p{L})","gu"),"").normalize("NFC"),i=n.includes("'")?n.replaceAll(/([a-z])'([a-z])/g,"$1$2"):n,o=(dt.test(i)?pt(i):i).toLowerCase();return se(o.match(r?/\d+(?:\.\d+)+|[a-z0-9]+/g:/\d+(?:\.\d+)+|[\p{L}\p{N}]+/gu)??[])}var dt=/[a-z][A-Z]|[A-Z]{2}[a-z]/;function pt(t){return t.replaceAll(/(?<=[a-z])(?=[A-Z][a-z])/g," ").replaceAll(/(?<=[A-Z])(?=[A-Z][a-z]{2})/g," ")}var de=4e5,M=class{#e=new Map;#r=new Map;#t=[];#n=[];#o=[];#i=new Map;#s=0;numberOf(e,r="word"){let n=this.#e.get(e);if(n!==void 0)return n;if(this.#t.length>=de)return;let i=this.#t.length,o=pe(e);this.#e.set(o,i),this.#t.push(o),this.#n.push(0),this.#o.push(r);let s=le(o);return s!==void 0&&this.#i.set(i,s),i}numbersOf(e){return this.#u(e).said}allNumbersOf(e){return this.#u(e).all}#u(e){let r=this.#r.get(e);if(r!==void 0)return r;let n=q(e),i=l=>l.flatMap(({term:c,kind:m})=>this.numberOf(c,m)??[]),o=i(n),s=n.every(({kind:l})=>l!=="function"),a={all:o,said:s?o:i(n.filter(({kind:l})=>l!=="function"))};return this.#r.size<de&&this.#r.set(pe(e),a),a}nameOf(e){return this.#t[e]??""}isNumber(e){return this.#o[e]==="number"}ideasOf(e){return this.#i.get(e)}get size(){return this.#t.length}countTicket(){this.#s+=1}count(e){this.#n[e]=(this.#n[e]??0)+1}ticketsWith(e){return this.#n[e]??0}weights(){return Float32Array.from(this.#t,(e,r)=>{let n=Math.log(1+(this.#s+50)/(this.ticketsWith(r)+1));return z.has(e)?n/4:n})}};function pe(t){return t.length<mt?t:Buffer.from(t,"utf8").toString("utf8")}var mt=13;var d={title:0,phrase:1,topics:2,all:3,ideas:4,files:5,links:6,parents:7,id:8},w=9,ft=1200,ht=100,I=class{vocabulary=new M;lists=new A;#e=new Int32Array(4096);#r=0;get size(){return this.lists.length/w}add(e){let{prose:r,criteria:n,files:i,mentions:o}=x(e),s=e.id.toUpperCase(),a=[...me(e.fields,bt),...yt(s)],l=[...me(e.fields,gt),...a,...o.filter(c=>c!==s)];this.#t(s,e.title,[r,...n].join(`
`),i,l,a)}addRequest(e,r){this.#t("",e,r,[],[],[])}at(e){let r=n=>this.lists.at(e*w+n);return{id:r(d.id)[0]??-1,title:r(d.title),phrase:r(d.phrase),topics:r(d.topics),all:r(d.all),ideas:r(d.ideas),files:r(d.files),links:r(d.links),parents:r(d.parents)}}#t(e,r,n,i,o,s){let{vocabulary:a,lists:l}=this;this.#r+=1,a.countTicket();let c=this.#n(n),m=[],b=[];for(let u of R(r))m.push(...a.allNumbersOf(u)),b.push(...a.numbersOf(u));l.add(b),l.add(m),l.add(b.filter(u=>this.#e[u]===this.#r));for(let u of b)this.#o(u)&&c.push(u);l.addSorted(c);let f=new Array(ce).fill(0);for(let u of c){a.count(u);for(let g of a.ideasOf(u)??[])f[g>>5]=(f[g>>5]??0)|1<<(g&31)}l.add(f);let p=this.#i("/",i.slice(0,ht));for(let u of p)a.count(u);l.addSorted(p),l.add(this.#i("#",o)),l.add(this.#i("#",s)),l.add(this.#i("#",[e]))}#n(e){let r=[],n=0;for(let i of R(e)){if(n>=ft)break;for(let o of this.vocabulary.numbersOf(i))n+=1,this.#o(o)&&r.push(o)}return r}#o(e){if(e>=this.#e.length){let r=new Int32Array(Math.max(e+1,this.#e.length*2));r.set(this.#e),this.#e=r}return this.#e[e]===this.#r?!1:(this.#e[e]=this.#r,!0)}#i(e,r){let n=r.flatMap(i=>this.vocabulary.numberOf(`${e}${i}`)??[]);return n.length<2?n:[...new Set(n)]}},gt=["depends_on","dependencies","blockers","split_into","related_to"],bt=["parent","parent_id","parent_task_id","split_from"];function yt(t){let e=t.split(".",wt);return e.slice(1).map((r,n)=>e.slice(0,n+1).join("."))}var wt=8;function me(t,e){let r=[];for(let n of e){let i=t[n];for(let o of Array.isArray(i)?i:[i])typeof o=="string"&&r.push(o.toUpperCase())}return r}function S(t,e){let r=0,n=t.length-1;for(;r<=n;){let i=r+n>>1,o=t[i]??0;if(o===e)return!0;o<e?r=i+1:n=i-1}return!1}var he=48,kt=16,fe=12,vt=8;function*ge(t,e,r){let n=At(t,e,r),i=xt(n),o=new Float64Array(e.length);for(let s=0;s<e.length;s+=1){let a=[];for(let c=n.from[s]??0;c<(n.from[s+1]??0);c+=1){let[m,b]=St(i,n.keys[c]??0,s);for(let f=m;f<b;f+=1){let p=i.tickets[f]??0;o[p]===0&&a.push(p),o[p]=(o[p]??0)+(n.weights[c]??0)}}let l=a.length<=fe?a:a.sort((c,m)=>(o[m]??0)-(o[c]??0)||c-m).slice(0,fe);for(let c of l)yield[c,s];for(let c of a)o[c]=0}}function xt({keys:t,from:e,most:r}){let n=new Int32Array(r+1);for(let s of t)n[s+1]=(n[s+1]??0)+1;for(let s=0;s<r;s+=1)n[s+1]=(n[s+1]??0)+(n[s]??0);let i=n.slice(),o=new Int32Array(t.length);for(let s=0;s+1<e.length;s+=1)for(let a=e[s]??0;a<(e[s+1]??0);a+=1){let l=t[a]??0,c=i[l]??0;o[c]=s,i[l]=c+1}return{from:n,tickets:o}}function St({from:t,tickets:e},r,n){let[i,o]=[t[r]??0,t[r+1]??0],[s,a]=[i,o];for(;s<a;){let l=s+a>>1;(e[l]??0)<n?s=l+1:a=l}return[o-i<=he?i:Math.max(i,s-vt),s]}function At(t,e,r){let{vocabulary:n,lists:i}=t,o=new Int32Array(e.length+1),s=[],a=[],l=new Map;for(let[c,m]of e.entries()){for(let f of zt(t,m,r))s.push(f),a.push(r[f]??0);let b=[...new Set(i.at(m*w+d.title))].sort((f,p)=>f-p);for(let[f,p]of b.entries()){let u=b[f+1];if(u===void 0||n.ticketsWith(p)<2||n.ticketsWith(u)<2)continue;let g=p*n.size+u,y=l.get(g)??n.size+l.size;l.set(g,y),s.push(y),a.push(((r[p]??0)+(r[u]??0))/2)}o[c+1]=s.length}return{from:o,keys:s,weights:a,most:n.size+l.size}}function zt({vocabulary:t,lists:e},r,n){let i=[];for(let o of[d.all,d.files])for(let s of e.at(r*w+o)){let a=t.ticketsWith(s);a>1&&a<=he&&i.push(s)}return i.sort((o,s)=>(n[s]??0)-(n[o]??0)||o-s).slice(0,kt)}var be=new Map([["from","source"],["to","target"],["into","target"],["onto","target"],[h("before"),"later"],["after","earlier"]]),ye=h("replace"),Tt=h("before"),Ot=h("remove");function we(t,e){let r={source:new Set,target:new Set,earlier:new Set,later:new Set,rest:new Set},n=t.includes(ye),i="rest",o;for(let[s,a]of t.entries())a===ye||a===Ot?i="source":n&&(a==="with"||a==="by")?i="target":a==="of"&&t[s-1]==="instead"?i="source":a===Tt&&o!==void 0?(r.earlier.add(o),i="later"):a==="after"&&o!==void 0?(r.later.add(o),i="earlier"):a==="first"&&s===t.length-1&&o!==void 0?r.earlier.add(o):a==="to"&&Rt.has(t[s-1]??"")?i="rest":be.has(a)?i=be.get(a)??"rest":e.has(a)?(r[i].add(a),o=a):Mt.has(a)&&(i="rest");return r}var Rt=new Set([..."able unable how has have had need needs want wants fail fails try tries used supposed allowed expected ought like is are be".split(" ").map(h),..."able unable how has have had need needs want wants is are be".split(" ")]),Mt=new Set("in on at for with by when while if of over under".split(" "));function ke(t,e){return k(t.source,e.target)&&!k(t.source,e.source)||k(t.target,e.source)&&!k(t.target,e.target)||k(t.earlier,e.later)&&!k(t.earlier,e.earlier)||k(t.later,e.earlier)&&!k(t.later,e.later)||k(t.target,e.rest)&&k(e.target,t.rest)||k(t.source,e.rest)&&k(e.source,t.rest)}function k(t,e){for(let r of t)if(e.has(r))return!0;return!1}function P(t,e,r){let n=s=>r.nameOf(s);if($(t,e)||xe(t,e,T,n)||xe(t,e,re,n))return!0;let[i,o]=[Array.from(t.phrase,n),Array.from(e.phrase,n)];return Nt(i,o)||ke(ve(t,i,n),ve(e,o,n))||Se(i,o)||Se(o,i)}function ve({title:t},e,r){return we(e,new Set(Array.from(t,r)))}function $(t,e){return t.links.includes(e.id)||e.links.includes(t.id)?!0:t.parents.some(r=>e.parents.includes(r))}function xe(t,e,r,n){let i=F(t.title,r,n);if(i.size===0)return!1;for(let[o,s]of F(e.title,r,n)){let a=i.get(o);if(a!==void 0&&!s.some(l=>a.includes(l)))return!0}return!1}var It=h("add"),ze=2;function j(t,e,r){let n=F(t.title.subarray(0,ze),T,r);if(n.size===0)return!1;for(let[i,o]of F(e.all,T,r)){let s=n.get(i);if(!(s===void 0||o.every(a=>r(a)===It))&&!s.some(a=>S(e.all,a)))return!0}return!1}function F(t,e,r){let n=new Map;for(let i of t)for(let o of e.get(r(i))??[])n.set(o,[...n.get(o)??[],i]);return n}var[Ft,Lt]=[h("remove"),h("replace")];function Te(t,e,r,n){let i=s=>s===void 0?"":r.nameOf(s),o=(s,a)=>Et(a.phrase,i)&&s.title.subarray(0,ze).some(l=>{let c=i(l);return!oe.has(c)||S(a.all,l)||n(l,a)?!1:c!==Ft||!a.title.some(m=>i(m)===Lt)});return Number(o(t,e))+Number(o(e,t))}function Et(t,e){return ne.has(e(t[0]))||t.some(r=>ie.has(e(r)))}function Nt(t,e){if(t.length!==e.length)return!1;let r=[];for(let o=0;o<t.length&&r.length<3;o+=1)t[o]!==e[o]&&r.push(o);let[n=0,i=0]=r;return r.length===2&&t[n]===e[i]&&t[i]===e[n]&&!t.slice(n,i).some(o=>o==="and"||o==="or")}function Se(t,e){let[r="",n="",i=""]=t,o=Ae.has(r)?n:r==="do"&&n==="not"?i:"";return o===""||Ae.has(e[0]??"")?!1:e.some((s,a)=>s===o&&(a<2||_t.has(e[a-1]??"")))}var _t=new Set(["that","to","should","must","will","can","which"].map(h)),Ae=new Set(["dont","never","avoid","prevent","stop"].map(h));function Oe(t,e,r){let n=0,i=0;for(let o of t){let s=r[o]??0;i+=s,S(e,o)&&(n+=s)}return i===0?0:n/i}var Wt=1.2;function Re(t,e,r){let[n,i]=[t.phrase,e.phrase],o=0;for(;o<n.length&&o<i.length&&n[o]===i[o];)o+=1;let s=0;for(;s<n.length-o&&s<i.length-o&&n[n.length-1-s]===i[i.length-1-s];)s+=1;let a=o+s;if(a===0||a===n.length||a===i.length)return 0;let[l,c]=[n.subarray(o,n.length-s),i.subarray(o,i.length-s)];if(![...l].some(f=>t.title.includes(f))||![...c].some(f=>e.title.includes(f)))return 0;let m=a/Math.max(n.length,i.length);return Oe(t.title,e.all,r)===1&&Oe(e.title,t.all,r)===1&&!Pt(l,c,m,r)?0:m}var qt=.65;function Pt(t,e,r,n){return r<qt||t.length!==1||e.length!==1?!1:[...t,...e].some(i=>(n[i]??0)>Wt)}var C=.5,$t=45,jt=4.5,Ct=.3,L=class{weights;#e;#r;#t;#n;#o;#i;constructor(e){let{vocabulary:r,lists:n}=e;this.#e=e,this.#t=n.numbers(),this.#n=Int32Array.from({length:n.length+1},(o,s)=>n.begin(s)),this.weights=r.weights(),this.#r=Math.log(1+(e.size+50)/2),this.#o=new Int32Array(r.size+1);let i=[];for(let o=0;o<r.size;o+=1){for(let s of r.ideasOf(o)??[])i.push(s);this.#o[o+1]=i.length}this.#i=Int32Array.from(i)}likeness(e,r){let[n,i,o]=this.#g(e,r),[s,a]=[this.#m(e,r),this.#m(r,e)],[l,c]=[this.#c(e,d.files),this.#c(r,d.files)],m=l===0||c===0;return{title:Math.max(s,a),text:((this.#u(r)?s:n)+(this.#u(e)?a:i))/2,shared:Math.log1p(o*this.#s(e,r))/4,files:m?0:this.#b(e,r)/Math.min(l,c),noFiles:Number(m)}}otherNumbers(e,r){return this.#h(e,r)&&this.#h(r,e)}compare(e,r,n=this.likeness(e,r)){let{vocabulary:i}=this.#e,[o,s]=[this.#e.at(e),this.#e.at(r)],a=l=>i.nameOf(l);return{...n,sibling:Re(o,s,this.weights),lonely:(this.#f(e,r)+this.#f(r,e))/2,work:Te(o,s,i,(l,c)=>this.#d(l,c===o?e:r)),opposed:Number(j(o,s,a)||j(s,o,a)),conflict:Number(this.otherNumbers(e,r)||P(o,s,i))}}contradict(e,r){return this.otherNumbers(e,r)||P(this.#e.at(e),this.#e.at(r),this.#e.vocabulary)}#s(e,r){let n=this.#c(e,d.all)*this.#c(r,d.all);return Math.min(1,$t**2/n)*jt/this.#r}#u(e){return this.#c(e,d.all)<=this.#c(e,d.title)}#g(e,r){let[n,i,o,s,a]=[0,0,0,0,0],[l,c]=[this.#a(e,d.all),this.#l(e,d.all)],[m,b]=[this.#a(r,d.all),this.#l(r,d.all)];for(;l<c||m<b;){let u=l<c?this.#t[l]??0:Number.MAX_SAFE_INTEGER,g=m<b?this.#t[m]??0:Number.MAX_SAFE_INTEGER,y=this.weights[Math.min(u,g)]??0;u===g?(n+=y,l+=1,m+=1):u<g?(i+=y,this.#d(u,r)&&(s+=y),l+=1):(o+=y,this.#d(g,e)&&(a+=y),m+=1)}let f=(n+C*s)/Math.max(n+i,1),p=(n+C*a)/Math.max(n+o,1);return[f,p,n]}#m(e,r){let[n,i]=[0,0];for(let o=this.#a(e,d.title);o<this.#l(e,d.title);o+=1){let s=this.#t[o]??0,a=this.weights[s]??0;i+=a,this.#p(r,s)?n+=a:this.#d(s,r)&&(n+=C*a)}return i===0?0:n/i}#f(e,r){let[n,i]=[0,0],{title:o,topics:s}=this.#e.at(e);for(let a of o){let l=this.weights[a]??0;i+=l,!(!s.includes(a)||this.#p(r,a))&&(n+=this.#d(a,r)?Ct*l:l)}return n/Math.max(i,1)}#h(e,r){for(let n=this.#a(e,d.title);n<this.#l(e,d.title);n+=1){let i=this.#t[n]??0;if(this.#e.vocabulary.isNumber(i)&&!this.#p(r,i))return!0}return!1}#b(e,r){let n=0;for(let i=this.#a(e,d.files);i<this.#l(e,d.files);i+=1)this.#p(r,this.#t[i]??0,d.files)&&(n+=1);return n}#p(e,r,n=d.all){let[i,o]=[this.#a(e,n),this.#l(e,n)-1];for(;i<=o;){let s=i+o>>1,a=this.#t[s]??0;if(a===r)return!0;a<r?i=s+1:o=s-1}return!1}#d(e,r){let n=this.#o[e+1]??0,i=this.#o[e]??0;if(i===n)return!1;let o=this.#a(r,d.ideas);for(;i<n;i+=1){let s=this.#i[i]??0;if(((this.#t[o+(s>>5)]??0)&1<<(s&31))!==0)return!0}return!1}#a(e,r){return this.#n[e*w+r]??0}#l(e,r){return this.#n[e*w+r+1]??0}#c(e,r){return this.#l(e,r)-this.#a(e,r)}};var Dt=8,Kt=.7,Gt=20;function Me(t,e){let[r,n]=[x(t),x(e)],i=new Set(O(`${e.title}
${n.prose}
${n.criteria.join(`
`)}`).map(({term:s})=>s)),o=new Map;for(let{term:s,word:a,kind:l}of O(`${t.title}
${r.prose}
${r.criteria.join(`
`)}`)){if(o.size>=Dt)break;l!=="function"&&i.has(s)&&!z.has(s)&&o.set(s,o.get(s)??a)}return{terms:[...o.values()],files:r.files.filter(s=>n.files.includes(s)),criteria:Bt(t,e)}}function Bt(t,e){let[r,n]=[t,e].map(i=>Y(i).slice(0,Gt).map(({id:o,text:s})=>({id:o,terms:new Set(Ht(s))})).filter(({terms:o})=>o.size>1));return(r??[]).flatMap(i=>(n??[]).filter(o=>Zt(i.terms,o.terms)>=Kt).map(o=>`${i.id||"a criterion"} = ${o.id||"a criterion"}`))}function Ht(t){return O(t).filter(({kind:e})=>e!=="function").map(({term:e})=>e)}function Zt(t,e){let r=0;for(let n of t)e.has(n)&&(r+=1);return r/Math.min(t.size,e.size)}var Ie=[d.phrase,d.all,d.files];function Fe(t){let e=new Map,r=[],n=[];for(let i=0;i<t.size;i+=1){if(t.lists.at(i*w+d.phrase).length===0){r.push(i);continue}let o=Xt(t,i),s=e.get(o),a=s?.find(l=>Ut(t,l,i));if(a!==void 0&&!$(t.at(a),t.at(i))){n.push({x:a,y:i});continue}r.push(i),a===void 0&&(s===void 0?e.set(o,[i]):s.push(i))}return{first:r,same:n}}function Xt({lists:t},e){let r=2166136261;for(let n of Ie){let i=t.at(e*w+n);r=Math.imul(r^i.length,16777619);for(let o of i)r=Math.imul(r^o,16777619)}return r}function Ut({lists:t},e,r){return Ie.every(n=>{let[i,o]=[t.at(e*w+n),t.at(r*w+n)];return i.length===o.length&&i.every((s,a)=>s===o[a])})}var D={title:3.7,text:2.8,shared:3.9,files:3.4,noFiles:1.7,sibling:-3.4,lonely:-1.8,work:-1,opposed:-1.7,conflict:-3.8};function Le(t){let{sibling:e,lonely:r,work:n,opposed:i,conflict:o}=D;return Ne(Ee(t)+e*t.sibling+r*t.lonely+n*t.work+i*t.opposed+o*t.conflict)}function Ee(t){let{title:e,text:r,shared:n,files:i,noFiles:o}=D;return-9.4+e*t.title+r*t.text+n*t.shared+i*t.files+o*t.noFiles}function Ne(t){return 1/(1+Math.exp(-t))}function K(t,e=!1){return Ne(Ee(t)+(e?D.conflict:0))}var Yt=.5,G=class{#e=new I;add(e){this.#e.add(e)}addRequest(e){let[r="",...n]=e.trim().split(`
`);this.#e.addRequest(r,n.join(`
`))}pairs(e={}){let r=this.pairsInSteps(e);for(;;){let{done:n,value:i}=r.next();if(n)return i}}pairsInSteps({threshold:e=Yt,ids:r}={}){return Qt(this.#e,e,r)}};function tn(t,e={}){let r=new G;for(let i of t)r.add(i);let n=Jt();return r.pairs(e).map(i=>{let[o,s]=[t[i.x],t[i.y]];if(o===void 0||s===void 0)throw new RangeError(`no ticket ${i.x} or ${i.y}`);return n(i,o,s)})}function rn(t){let[e=""]=t.trim().split(`
`);return{id:"",title:e,text:`---
---

${t}
`,fields:{}}}function Jt(){let t=new Map;return({x:e,score:r,same:n},i,o)=>{let s=(n?t.get(e):void 0)??Me(i,o);return n&&t.set(e,s),{a:i.id,b:o.id,score:r,why:s}}}function nn(t){let e=new Map;for(let{a:r,b:n}of t){let[i,o]=[e.get(r)??new Set([r]),e.get(n)??new Set([n])];if(i===o)continue;let[s,a]=i.size>=o.size?[i,o]:[o,i];for(let l of a)s.add(l),e.set(l,s);for(let l of[r,n])e.set(l,s)}return[...new Set(e.values())].map(r=>[...r]).sort((r,n)=>n.length-r.length)}function*Qt(t,e,r){let n=new L(t),{first:i,same:o}=Fe(t),s=p=>i[p]??0,a=Math.min(.05,e),l=[],c=0;for(let[p,u]of ge(t,i,n.weights)){u>c&&(yield u-c),c=Math.max(u,c);let[g,y]=[s(p),s(u)],E=n.likeness(g,y);if(K(E)<a||K(E,n.otherNumbers(g,y))<a)continue;let B=Le(n.compare(g,y,E));B>=a&&l.push({x:g,y,score:B})}let m=V(l,e,(p,u)=>n.contradict(p,u)).map(({x:p,y:u,score:g})=>({x:p,y:u,score:Math.round(g*100)/100,same:!1})),b=r&&new Set([...r].map(p=>t.vocabulary.numberOf(`#${p.toUpperCase()}`))),f=p=>b===void 0||b.has(t.at(p).id);return[...o.map(({x:p,y:u})=>({x:p,y:u,score:1,same:!0})),...m].filter(({x:p,y:u})=>f(p)||f(u)).sort((p,u)=>u.score-p.score||p.x-u.x||p.y-u.y)}export{Yt as a,G as b,tn as c,rn as d,Jt as e,nn as f};
