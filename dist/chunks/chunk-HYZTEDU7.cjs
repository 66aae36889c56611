'use strict';var j=Object.defineProperty;var ke=Object.getOwnPropertyDescriptor;var xe=Object.getOwnPropertyNames;var ze=Object.prototype.hasOwnProperty;var Me=(e,t)=>{for(var r in t)j(e,r,{get:t[r],enumerable:!0})},Ae=(e,t,r,i)=>{if(t&&typeof t=="object"||typeof t=="function")for(let a of xe(t))!ze.call(e,a)&&a!==r&&j(e,a,{get:()=>t[a],enumerable:!(i=ke(t,a))||i.enumerable});return e};var je=e=>Ae(j({},"__esModule",{value:!0}),e);var wr={};Me(wr,{a:()=>F,b:()=>be,c:()=>ye,d:()=>we,e:()=>E,f:()=>ve});module.exports=Object.defineProperty(wr,"__esModule",{value:!0});var y=require("./chunk-NZMAEHQG.cjs");function $e(e,t,r){let i=Se(e.filter(({score:s})=>s>=t)),a=(s,o)=>{let l=0;for(let[c,h]of i.get(s)??[])l=Math.max(l,h*(i.get(o)?.get(c)??0));return l},n=(s,o,l)=>[...i.get(s)??[]].some(([c,h])=>c!==o&&h>l&&r(c,o));return e.flatMap(({x:s,y:o,score:l})=>{if(l<t){let c=a(s,o);return c>=t&&!r(s,o)?{x:s,y:o,score:c}:[]}return n(s,o,l)||n(o,s,l)?[]:{x:s,y:o,score:l}})}function Se(e){let t=new Map,r=(i,a,n)=>{let s=t.get(i)??new Map;t.set(i,s.set(a,n))};for(let{x:i,y:a,score:n}of e)r(i,a,n),r(a,i,n);return t}var qe=class{#e=new Int32Array(0);#i=[];#t=new Int32Array(0);#a=0;#n=[0];#r=0;#s=new Int32Array(2048);get length(){return this.#n.length-1}add(e){for(let t=0;t<e.length;t+=1)this.#a===this.#t.length&&(this.#t=new Int32Array(65536),this.#i.push(this.#t),this.#a=0),this.#t[this.#a]=e[t]??0,this.#a+=1;this.#r+=e.length,this.#n.push(this.#r)}addSorted(e){e.length>this.#s.length?this.add(Int32Array.from(e).sort()):(this.#s.set(e),this.add(this.#s.subarray(0,e.length).sort()))}at(e){return this.numbers().subarray(this.begin(e),this.begin(e+1))}begin(e){return this.#n[e]??this.#r}numbers(){if(this.#i.length===0)return this.#e;let e=new Int32Array(this.#r);e.set(this.#e);let t=this.#e.length;for(let r of this.#i)e.set(r.subarray(0,this.#r-t),t),t+=r.length;return this.#e=e,this.#i=[],this.#t=new Int32Array(0),this.#a=0,e}},Ne=new Set(["acceptance criteria","actual cost","affected files","cost estimate","definition of done","dependencies","history","ice score","implementation notes","implementation plan","investigation","notes","refinement status","test strategy","validation tests"]);function $(e){let{sections:t,lines:r}=(0,y.U)(e.text),i=t.length>0?t.filter(({title:s})=>!Ne.has(s.trim().toLowerCase())).map(({text:s})=>s):r.filter(({heading:s})=>s===void 0).map(({text:s})=>s),a=e.fields.affected_files,n=Array.isArray(a)?a.filter(s=>typeof s=="string").map(y.N):[];return{prose:Ee((0,y.sb)(i.join(`
`))),criteria:(0,y.L)(t).map(({text:s})=>s).filter(s=>!s.startsWith("<")),files:[...new Set([...n,...(0,y.M)(t).map(({path:s})=>s)])],mentions:Ie(t)}}function Ie(e){let t=[];for(let{title:r,lines:i}of e)if(!Oe.has(r.trim().toLowerCase()))for(let{text:a}of i){if(!a.includes("-")||a.length>We)continue;let n=a.match(/\b[A-Za-z][A-Za-z0-9]{0,15}-[0-9]{1,9}(?:\.[0-9]{1,4})*\b/g);if(!(n===null||/\bduplicat|\bsame as\b/i.test(a))){for(let s of n)if(t.push(s.toUpperCase())>=_e)return t}}return t}var Oe=new Set(["history","refinement status"]),We=2e3,_e=100;function Fe(e){let{sections:t}=(0,y.U)(e.text);return(0,y.J)(t,"Acceptance Criteria")?(0,y.L)(t):[]}function Ee(e){return e.replaceAll(/<[^<>\n]{1,200}>/g," ")}var Ce=`
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
`,Re=new Map(Ce.trim().split(`
`).flatMap(e=>{let[t="",r=""]=e.split(": ");return r.split(" ").map(i=>[i,t])}));function x(e){let t=Re.get(e)??e;return t.length<4||!/^[a-z]+$/.test(t)?t:Ke(Te(Le(Ze(t))))}function Le(e){return e.replace(/^(.{3,})is(e|ed|ing|er|ation)$/,"$1iz$2").replace(/^(col|behavi|fav|hon|neighb|lab|flav|rum|harb)our/,"$1or").replace(/logue$/,"log")}function Ze(e){return e.endsWith("ies")&&e.length>4?`${e.slice(0,-3)}y`:/(?:ss|x|z|ch|sh)es$/.test(e)?e.slice(0,-2):e.endsWith("s")&&!/(?:ss|us|is)$/.test(e)?e.slice(0,-1):e}var Ue=[["ability",4],["ibility",4],["ization",4],["izing",4],["ized",4],["ation",4],["ating",4],["ated",4],["ness",4],["able",4],["ible",4],["ment",4],["ate",4],["ing",3],["ful",4],["ion",4],["ize",4],["er",5],["ly",4],["ed",3]];function Te(e){if(e.length>5&&/(?:ov|ew|iv|us)al$/.test(e))return e.slice(0,-2);if(e.length>8&&(e.endsWith("ancy")||e.endsWith("ency")))return`${e.slice(0,-2)}t`;if(e.endsWith("ically"))return e.slice(0,-4);for(let[t,r]of Ue){if(!e.endsWith(t))continue;let i=e.slice(0,-t.length);if(!(i.length<r||!/[aeiouy]/.test(i))&&!(t==="ion"&&!/[st]$/.test(i)))return t==="ing"||t==="ed"?Ge(He(i)):i}return e}function Ge(e){return e.length>6&&e.endsWith("er")?e.slice(0,-2):e}function He(e){return/([^aeioulsz])\1$/.test(e)?e.slice(0,-1):e}function Ke(e){return e.length>3&&e.endsWith("e")?e.slice(0,-1):e.endsWith("y")&&e.length>3?`${e.slice(0,-1)}i`:e}var Xe="a an the this that these those it its we our us i my you your they them their he she who which what there here is are was were be been being am do does did has have had can could will would shall should may might must of for on at as so than then if when while where how why and or but not no nor any all each every some more most such own same also too very just only even still yet again now please pls etc eg ie about because since until unless whether both either via per s t ll re ve d m to from into onto with by before after over under between through without within during against in out up down off about",Be="add make fix use support implement allow let need want get set put give show new ticket issue task feature bug user customer people work change update improve ensure handle create enable provide introduce page button code app application system service file problem wrong bad good fail error broken able let instead of time thing way case current currently one two first today",De=`
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
`,Je=`
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
`,Pe="wish list,drop down,check box,file name,user name,host name,time stamp,time zone,data base,data set,back end,front end,pop up,plug in,work flow,change log,white space,life cycle,side bar,tool bar,scroll bar,tool tip,roll back,fall back,screen shot,code base,meta data,web site,home page,stack trace,auto complete,auto save,read only,real time,save game,dead lock,heart beat,keep alive,short cut,hot key,book mark,news letter,sub domain,sub folder,file system,key word,place holder,water mark,thumb nail,multi player",Qe=[["log logs logged logging sign signs signed signing","in","login"],["log logs logged logging sign signs signed signing","out","logout"],["sign signs signed signing","up","signup"],["turn turns turned turning switch switches switched switching","on","enable"],["turn turns turned turning switch switches switched switching","off","disable"]],Ve=`
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
`,Ye=`
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
`,et=`
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
`,tt="accept activate adapt add adjust align allow analyze announce apply archive ask assign attach authenticate authorize automate avoid backup batch bind block bring build bump bundle cache calculate cancel cap capture change check choose clean clear clone close collect combine compare compile complete compress compute configure confirm connect consolidate continue convert copy count cover create customize cut deactivate debug decode decouple decrease decrypt deduplicate defer define delete deliver deploy deprecate describe detach detect determine disable disallow discard disconnect display distribute divide document downgrade drain draw drop edit eliminate embed emit enable encode encrypt enforce ensure escape establish estimate evaluate exclude execute expand expire explain export expose extend extract fetch fill filter find finish fix flag flush fold follow forbid force format forward freeze gather generate get give grant group guard handle harden hide highlight identify implement import improve include increase index inform inject inline insert inspect install integrate introduce invalidate investigate isolate join keep launch let limit link load localize lock log lower maintain make manage map mark mask match measure merge migrate minimize modernize modify monitor mount move mute name normalize notify obey offer omit open optimize order organize override package paginate parallelize parse partition pass patch pause perform permit persist pick pin place plan poll populate prefer prefix prepare present preserve prevent print prioritize process promote propagate protect provide prune publish pull purge push put query queue raise rank read rebuild receive recognize recommend reconnect record recover redact redesign redirect reduce refactor refresh refuse regenerate register reject relax release reload remember remove rename render reopen reorder reorganize repair repeat replace report reproduce require reschedule reset resize resolve respect respond restart restore restrict resume retry return reuse revert review rework rewrite roll rotate route run sanitize save scale scan schedule search select send separate serialize serve set setup share ship shorten show shrink sign simplify skip solve sort specify speed split stabilize standardize start stop store stream strip structure submit subscribe suggest support suppress surface swap switch sync synchronize tag take tell terminate test throttle tidy trace track train transfer transform translate trim tune turn unify uninstall unlock unsubscribe update upgrade upload use validate verify wait warn watch wire wrap write",R=e=>e.trim().split(`
`).map(t=>t.split(" ")),L=new Set(Xe.split(" ").map(x)),rt=(()=>{let e=new Map;for(let[t="",...r]of R(De))for(let i of r)!e.has(x(i))&&!e.has(x(t))&&x(i)!==x(t)&&e.set(x(i),x(t));return e})();function g(e){let t=x(e);return rt.get(t)??t}var S=new Set(Be.split(" ").map(g));function Z(e){let t=new Map;for(let[r,i]of R(e).entries())for(let a of new Set(i.map(g)))t.set(a,[...t.get(a)??[],r]);return t}var z=Z(Ve),it=Z(Ye),q=new Set(tt.split(" ").map(g)),at=new Set(["need","want","should","must","ought","wish"].map(g)),nt=new Set(et.trim().split(`
`).map(g)),U=(()=>{let e=new Map,t=Qe.flatMap(([i,a,n])=>i.split(" ").map(s=>`${s} ${a} = ${n}`)),r=Pe.split(",").flatMap(i=>{let a=i.replace(" ","");return[`${i} = ${a}`,`${i}s = ${a}`]});for(let i of[...Je.trim().split(`
`),...t,...r]){let[a="",n=""]=i.split(" = "),[s="",...o]=a.split(" ");e.set(s,[...e.get(s)??[],{rest:o,word:n}])}return e})();function st(e){if(!e.some(r=>U.has(r)))return e;let t=[];for(let r=0;r<e.length;r+=1){let i=e[r]??"",a=U.get(i)?.find(({rest:n})=>n.every((s,o)=>e[r+1+o]===s));a===void 0?t.push(i):(t.push(...a.word.split(" ")),r+=a.rest.length)}return t}var ot=`
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
progress feedback percent bar indicator spinner status
percent bar progress
spinner progress load wait
endless infinite perpetual forever always loop never
always every each time never
nightly night daily day
incremental partition delta full refresh recompute
recompute rebuild refresh again
thumbnail preview resize small picture
resize scale thumbnail
audio sound volume music mute
volume sound loud
setting persist remember
wishlist favorite later list
broken dead link 404
dead broken gone
404 missing found broken
500 error crash exception internal
exception stack trace error stacktrace
null nil undefined none empty
empty blank null zero value without
trailing rest garbage extra
unit suffix number
throttle attempt limit bruteforce
bruteforce attack attempt stuffing guess credential throttle
attack injection exploit security vulnerability
injection sanitize escape
escape quote sanitize encode
plus sign character special
character letter symbol sign
cursor caret position jump
jump scroll move position
keystroke type key input
typo wrong spelling letter correct
terminal station device
staff employee worker team colleague
session login idle logout timeout
logout session idle expire timeout
constant hardcoded hard fixed literal configurable
configurable hardcoded constant fixed value
eol support upgrade outdated
production staging environment
rule policy firewall
firewall group ingress rule port
diff change drift plan
offset position commit
consumer subscriber listener
producer publisher sender
event message record
gather collect aggregate
aggregation sum total collect
tax vat
gross net price
destination country region
proxy environment variable
variable environment setting
mirror copy replica
archive zip bundle
compress gzip zip shrink
rollout flag gradual
toggle flag switch
spawn create start
collider collision physics
ground floor
fall drop
character player
level map
vacation holiday leave absence
team staff
shift roster schedule
map chart
stuck hang blocked
freeze frozen hang unresponsive
reject decline refuse
approve accept confirm
confirm ask prompt
prompt ask question
overwrite replace destroy lost
truncate cut short
leak grow bound memory
grow increase full unlimited bound
unlimited bound limit endless
pager alarm oncall
oncall pager alert
flaky clock sleep random
wall clock time
mock fake stub
fake mock clock
stacktrace trace exception log
iterate chunk stream loop
parser parse read reject
validate reject invalid
slow thumbnail size
heavy large slow
index slow query
join merge duplicate
upgrade end eol
docker image layer build
layer cache build
pull download fetch
artifact build output
pipeline red fail
green pass
exit nonzero return code
quota limit storage
`,T=ot.trim().split(`
`),lt=(()=>{let e=new Map;for(let[t,r]of T.entries())for(let i of new Set(r.split(" ").map(g)))e.set(i,[...e.get(i)??[],t]);return e})();function ct(e){return lt.get(e)}var ut=Math.ceil(T.length/32),G=8e3,dt=48,pt=new Map([..."zero one two three four five six seven eight nine ten eleven twelve".split(" ").map((e,t)=>[e,String(t)]).filter(([e])=>e!=="one"),["twenty","20"],["thirty","30"],["forty","40"],["fifty","50"],["hundred","100"],["thousand","1000"]]);function N(e){return I(e).flatMap(H)}function H(e){if(e.length>dt)return[];if(/\d/.test(e))return[{term:e.replace(/^(v?)0+(?=\d)/,"$1"),word:e,kind:"number"}];let t=pt.get(e);if(t!==void 0)return[{term:t,word:e,kind:"number"}];if(ht.test(e)&&e.length>2)return Array.from({length:e.length-1},(i,a)=>{let n=e.slice(a,a+2);return{term:n,word:n,kind:"word"}});let r=g(e);return[{term:r,word:e,kind:L.has(r)||L.has(e)?"function":"word"}]}var ht=/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;function I(e){let t=e.length>G?e.slice(0,G):e,r=/^[\u0000-\u007f]*$/.test(t),i=r?t:t.normalize("NFKD").replaceAll(new RegExp("\\p{Mn}|(?<=\\p{L})’(?=\\p{L})","gu"),"").normalize("NFC"),a=i.includes("'")?i.replaceAll(/([a-z])'([a-z])/g,"$1$2"):i,n=(mt.test(a)?ft(a):a).toLowerCase(),s=gt.test(n)?wt(n):n;return st(s.match(r?/\d+(?:\.\d+)+|[a-z0-9]+/g:/\d+(?:\.\d+)+|[\p{L}\p{N}]+/gu)??[])}var mt=/[a-z][A-Z]|[A-Z]{2}[a-z]/;function ft(e){return e.replaceAll(/(?<=[a-z])(?=[A-Z][a-z])/g," ").replaceAll(/(?<=[A-Z])(?=[A-Z][a-z]{2})/g," ")}var K="ms|sec|min|kb|mb|gb|tb|kib|mib|gib|px",X="pg|postgres|mysql|mariadb|redis|mongodb|node|python|py|php|ruby|java|jdk|react|vue|angular|django|rails|laravel|ubuntu|debian|ios|android|windows",gt=new RegExp(`\\d(?:${K})\\b|\\b(?:(?:${X})\\d|v(?:\\d\\d|\\d+\\.\\d))`),bt=new RegExp(`(\\d)(${K})\\b`,"g"),yt=new RegExp(`\\b(${X})(\\d+(?:\\.\\d+)*)\\b`,"g");function wt(e){return e.replaceAll(bt,"$1 $2").replaceAll(yt,"$1 $2").replaceAll(/\bv(?=\d\d|\d+\.\d)/g,"")}var B=4e5,vt=class{#e=new Map;#i=new Map;#t=[];#a=[];#n=[];#r=new Map;#s=0;numberOf(e,t="word"){let r=this.#e.get(e);if(r!==void 0)return r;if(this.#t.length>=B)return;let i=this.#t.length,a=J(e);this.#e.set(a,i),this.#t.push(a),this.#a.push(0),this.#n.push(t);let n=ct(a);return n!==void 0&&this.#r.set(i,n),i}numbersOf(e){return this.#d(e).said}allNumbersOf(e){return this.#d(e).all}#d(e){let t=this.#i.get(e);if(t!==void 0)return t;let r=H(e),i=o=>o.flatMap(({term:l,kind:c})=>this.numberOf(l,c)??[]),a=i(r),n=r.every(({kind:o})=>o!=="function"),s={all:a,said:n?a:i(r.filter(({kind:o})=>o!=="function"))};return this.#i.size<B&&this.#i.set(J(e),s),s}nameOf(e){return this.#t[e]??""}isNumber(e){return this.#n[e]==="number"}ideasOf(e){return this.#r.get(e)}get size(){return this.#t.length}countTicket(){this.#s+=1}count(e){this.#a[e]=(this.#a[e]??0)+1}ticketsWith(e){return this.#a[e]??0}weights(){return Float32Array.from(this.#t,(e,t)=>{let r=Math.log(1+(this.#s+50)/(this.ticketsWith(t)+1));return S.has(e)?r/4:r})}rarities(){let e=Math.min(1,Math.sqrt(D/this.#s)),t=Math.max(0,D-this.#s);return Float32Array.from(this.#t,(r,i)=>{if(S.has(r))return 0;let a=this.ticketsWith(i)+t*(this.#r.has(i)?kt:xt);return 4/Math.max(2,a*e)**2})}},D=130,kt=.02,xt=.003;function J(e){return e.length<zt?e:Buffer.from(e,"utf8").toString("utf8")}var zt=13,d={title:0,phrase:1,topics:2,all:3,ideas:4,files:5,links:6,parents:7,id:8},k=9,Mt=1200,At=100,jt=class{vocabulary=new vt;lists=new qe;#e=new Int32Array(4096);#i=0;get size(){return this.lists.length/k}add(e){let{prose:t,criteria:r,files:i,mentions:a}=$(e),n=e.id.toUpperCase(),s=[...P(e.fields,St),...qt(n)],o=[...P(e.fields,$t),...s,...a.filter(l=>l!==n)];this.#t(n,e.title,[t,...r].join(`
`),i,o,s)}addRequest(e,t){this.#t("",e,t,[],[],[])}at(e){let t=r=>this.lists.at(e*k+r);return{id:t(d.id)[0]??-1,title:t(d.title),phrase:t(d.phrase),topics:t(d.topics),all:t(d.all),ideas:t(d.ideas),files:t(d.files),links:t(d.links),parents:t(d.parents)}}#t(e,t,r,i,a,n){let{vocabulary:s,lists:o}=this;this.#i+=1,s.countTicket();let l=this.#a(r),c=[],h=[];for(let u of I(t))c.push(...s.allNumbersOf(u)),h.push(...s.numbersOf(u));o.add(h),o.add(c),o.add(h.filter(u=>this.#e[u]===this.#i));for(let u of h)this.#n(u)&&l.push(u);o.addSorted(l);let m=new Array(ut).fill(0);for(let u of l){s.count(u);for(let p of s.ideasOf(u)??[])m[p>>5]=(m[p>>5]??0)|1<<(p&31)}o.add(m);let f=this.#r("/",i.slice(0,At));for(let u of f)s.count(u);o.addSorted(f),o.add(this.#r("#",a)),o.add(this.#r("#",n)),o.add(this.#r("#",[e]))}#a(e){let t=[],r=0;for(let i of I(e)){if(r>=Mt)break;for(let a of this.vocabulary.numbersOf(i))r+=1,this.#n(a)&&t.push(a)}return t}#n(e){if(e>=this.#e.length){let t=new Int32Array(Math.max(e+1,this.#e.length*2));t.set(this.#e),this.#e=t}return this.#e[e]===this.#i?!1:(this.#e[e]=this.#i,!0)}#r(e,t){let r=t.flatMap(i=>this.vocabulary.numberOf(`${e}${i}`)??[]);return r.length<2?r:[...new Set(r)]}},$t=["depends_on","dependencies","blockers","split_into","related_to"],St=["parent","parent_id","parent_task_id","split_from"];function qt(e){let t=e.split(".",Nt);return t.slice(1).map((r,i)=>t.slice(0,i+1).join("."))}var Nt=8;function P(e,t){let r=[];for(let i of t){let a=e[i];for(let n of Array.isArray(a)?a:[a])typeof n=="string"&&r.push(n.toUpperCase())}return r}function O(e,t){let r=0,i=e.length-1;for(;r<=i;){let a=r+i>>1,n=e[a]??0;if(n===t)return!0;n<t?r=a+1:i=a-1}return!1}var Q=48,It=16,V=12,Ot=8;function*Wt(e,t,r){let i=Et(e,t,r),a=_t(i),n=new Float64Array(t.length);for(let s=0;s<t.length;s+=1){let o=[];for(let c=i.from[s]??0;c<(i.from[s+1]??0);c+=1){let[h,m]=Ft(a,i.keys[c]??0,s);for(let f=h;f<m;f+=1){let u=a.tickets[f]??0;n[u]===0&&o.push(u),n[u]=(n[u]??0)+(i.weights[c]??0)}}let l=o.length<=V?o:o.sort((c,h)=>(n[h]??0)-(n[c]??0)||c-h).slice(0,V);for(let c of l)yield[c,s];for(let c of o)n[c]=0}}function _t({keys:e,from:t,most:r}){let i=new Int32Array(r+1);for(let s of e)i[s+1]=(i[s+1]??0)+1;for(let s=0;s<r;s+=1)i[s+1]=(i[s+1]??0)+(i[s]??0);let a=i.slice(),n=new Int32Array(e.length);for(let s=0;s+1<t.length;s+=1)for(let o=t[s]??0;o<(t[s+1]??0);o+=1){let l=e[o]??0,c=a[l]??0;n[c]=s,a[l]=c+1}return{from:i,tickets:n}}function Ft({from:e,tickets:t},r,i){let[a,n]=[e[r]??0,e[r+1]??0],[s,o]=[a,n];for(;s<o;){let l=s+o>>1;(t[l]??0)<i?s=l+1:o=l}return[n-a<=Q?a:Math.max(a,s-Ot),s]}function Et(e,t,r){let{vocabulary:i,lists:a}=e,n=new Int32Array(t.length+1),s=[],o=[],l=new Map;for(let[c,h]of t.entries()){for(let f of Ct(e,h,r))s.push(f),o.push(r[f]??0);let m=[...new Set(a.at(h*k+d.title))].sort((f,u)=>f-u);for(let[f,u]of m.entries()){let p=m[f+1];if(p===void 0||i.ticketsWith(u)<2||i.ticketsWith(p)<2)continue;let b=u*i.size+p,w=l.get(b)??i.size+l.size;l.set(b,w),s.push(w),o.push(((r[u]??0)+(r[p]??0))/2)}n[c+1]=s.length}return{from:n,keys:s,weights:o,most:i.size+l.size}}function Ct({vocabulary:e,lists:t},r,i){let a=[];for(let n of[d.all,d.files])for(let s of t.at(r*k+n)){let o=e.ticketsWith(s);o>1&&o<=Q&&a.push(s)}return a.sort((n,s)=>(i[s]??0)-(i[n]??0)||n-s).slice(0,It)}var Y=new Map([["from","source"],["to","target"],["into","target"],["onto","target"],[g("before"),"later"],["after","earlier"]]),ee=g("replace"),Rt=g("before"),Lt=g("remove");function Zt(e,t){let r={source:new Set,target:new Set,earlier:new Set,later:new Set,rest:new Set},i=e.includes(ee),a="rest",n;for(let[s,o]of e.entries())o===ee||o===Lt?a="source":i&&(o==="with"||o==="by")?a="target":o==="of"&&e[s-1]==="instead"?a="source":o===Rt&&n!==void 0?(r.earlier.add(n),a="later"):o==="after"&&n!==void 0?(r.later.add(n),a="earlier"):o==="first"&&s===e.length-1&&n!==void 0?r.earlier.add(n):o==="to"&&Ut.has(e[s-1]??"")?a="rest":Y.has(o)?a=Y.get(o)??"rest":t.has(o)?(r[a].add(o),n=o):Tt.has(o)&&(a="rest");return r}var Ut=new Set([..."able unable how has have had need needs want wants fail fails try tries used supposed allowed expected ought like is are be".split(" ").map(g),..."able unable how has have had need needs want wants is are be".split(" ")]),Tt=new Set("in on at for with by when while if of over under".split(" "));function Gt(e,t){return v(e.source,t.target)&&!v(e.source,t.source)||v(e.target,t.source)&&!v(e.target,t.target)||v(e.earlier,t.later)&&!v(e.earlier,t.earlier)||v(e.later,t.earlier)&&!v(e.later,t.later)||v(e.target,t.rest)&&v(t.target,e.rest)||v(e.source,t.rest)&&v(t.source,e.rest)}function v(e,t){for(let r of e)if(t.has(r))return!0;return!1}function Ht(e,t,r){let i=s=>r.nameOf(s);if(re(e,t)||ie(e,t,z,i)||ie(e,t,it,i))return!0;let[a,n]=[Array.from(e.phrase,i),Array.from(t.phrase,i)];return Kt(a,n)||Qt(a,n)||Gt(te(e,a,i),te(t,n,i))||se(a,n)||se(n,a)}function te({title:e},t,r){return Zt(t,new Set(Array.from(e,r)))}function re(e,t){return e.links.includes(t.id)||t.links.includes(e.id)?!0:e.parents.some(r=>t.parents.includes(r))}function ie(e,t,r,i){let a=M(e.title,r,i);if(a.size===0)return!1;for(let[n,s]of M(t.title,r,i)){let o=a.get(n);if(o!==void 0&&!s.some(l=>o.includes(l)))return!0}return!1}function Kt([e=""],[t=""]){if(e===t||!q.has(e)||!q.has(t))return!1;let r=z.get(t)??[];return(z.get(e)??[]).some(i=>r.includes(i))}var Xt=g("add"),ae=2;function ne(e,t,r){let i=M(e.title.subarray(0,ae),z,r);if(i.size===0)return!1;for(let[a,n]of M(t.all,z,r)){let s=i.get(a);if(!(s===void 0||n.every(o=>r(o)===Xt))&&!s.some(o=>O(t.all,o)))return!0}return!1}function M(e,t,r){let i=new Map;for(let a of e)for(let n of t.get(r(a))??[])i.set(n,[...i.get(n)??[],a]);return i}var[Bt,Dt]=[g("remove"),g("replace")];function Jt(e,t,r,i){let a=s=>s===void 0?"":r.nameOf(s),n=(s,o)=>Pt(o.phrase,a)&&s.title.subarray(0,ae).some(l=>{let c=a(l);return!nt.has(c)||O(o.all,l)||i(l,o)?!1:c!==Bt||!o.title.some(h=>a(h)===Dt)});return Number(n(e,t))+Number(n(t,e))}function Pt(e,t){return q.has(t(e[0]))||e.some(r=>at.has(t(r)))}function Qt(e,t){if(e.length!==t.length)return!1;let r=[];for(let n=0;n<e.length&&r.length<3;n+=1)e[n]!==t[n]&&r.push(n);let[i=0,a=0]=r;return r.length===2&&e[i]===t[a]&&e[a]===t[i]&&!e.slice(i,a).some(n=>n==="and"||n==="or")}function se(e,t){let[r="",i="",a=""]=e,n=oe.has(r)?i:r==="do"&&i==="not"?a:"";return n===""||oe.has(t[0]??"")?!1:t.some((s,o)=>s===n&&(o<2||Vt.has(t[o-1]??"")))}var Vt=new Set(["that","to","should","must","will","can","which"].map(g)),oe=new Set(["dont","never","avoid","prevent","stop"].map(g));function le(e,t,r){let i=0,a=0;for(let n of e){let s=r[n]??0;a+=s,O(t,n)&&(i+=s)}return a===0?0:i/a}var Yt=1.2;function ce(e,t){let[r,i]=[e.phrase,t.phrase],a=0;for(;a<r.length&&a<i.length&&r[a]===i[a];)a+=1;let n=0;for(;n<r.length-a&&n<i.length-a&&r[r.length-1-n]===i[i.length-1-n];)n+=1;let s=a+n;if(s===0||s===r.length||s===i.length)return;let[o,l]=[r.subarray(a,r.length-n),i.subarray(a,i.length-n)];if(o.some(c=>e.title.includes(c))&&l.some(c=>t.title.includes(c)))return{mine:o,theirs:l,share:s/Math.max(r.length,i.length)}}function er(e,t,r){let i=ce(e,t);return i===void 0||le(e.title,t.all,r)===1&&le(t.title,e.all,r)===1&&!de(i,r)?0:i.share}var tr=.6,ue=3;function de({mine:e,theirs:t,share:r},i){return r<tr||e.length>ue||t.length>ue?!1:[...e,...t].some(a=>(i[a]??0)>Yt)}function rr(e,t,r,i){let a=ce(e,t);if(a===void 0||!de(a,r))return!1;let{mine:n,theirs:s}=a;return!n.some(o=>s.some(l=>i(o,l)))}var W=.5,ir=45,ar=4.5,nr=.3,sr=class{weights;#e;#i;#t;#a;#n;#r;#s;constructor(e){let{vocabulary:t,lists:r}=e;this.#e=e,this.#t=r.numbers(),this.#a=Int32Array.from({length:r.length+1},(a,n)=>r.begin(n)),this.weights=t.weights(),this.#s=t.rarities(),this.#i=Math.log(1+(e.size+50)/2),this.#n=new Int32Array(t.size+1);let i=[];for(let a=0;a<t.size;a+=1){for(let n of t.ideasOf(a)??[])i.push(n);this.#n[a+1]=i.length}this.#r=Int32Array.from(i)}likeness(e,t){let[r,i,a,n]=this.#b(e,t),[s,o]=[this.#m(e,t),this.#m(t,e)],[l,c]=[this.#c(e,d.files),this.#c(t,d.files)],h=this.#d(e,t),m=l===0||c===0;return{title:Math.max(s,o),text:((this.#h(t)?s:r)+(this.#h(e)?o:i))/2,shared:Math.log1p(a*h)/4,rare:m?Math.log1p(n*h)/2:0,files:m?0:this.#y(e,t)/Math.min(l,c),noFiles:Number(m)}}otherNumbers(e,t){return this.#g(e,t)&&this.#g(t,e)}compare(e,t,r=this.likeness(e,t)){let{vocabulary:i}=this.#e,[a,n]=[this.#e.at(e),this.#e.at(t)],s=o=>i.nameOf(o);return{...r,sibling:er(a,n,this.weights),lonely:(this.#f(e,t)+this.#f(t,e))/2,work:Jt(a,n,i,(o,l)=>this.#u(o,l===a?e:t)),opposed:Number(ne(a,n,s)||ne(n,a,s)),conflict:Number(this.contradict(e,t))}}contradict(e,t){let[r,i]=[this.#e.at(e),this.#e.at(t)];return this.otherNumbers(e,t)||Ht(r,i,this.#e.vocabulary)||rr(r,i,this.weights,(a,n)=>this.#w(a,n))}#d(e,t){let r=this.#c(e,d.all)*this.#c(t,d.all);return Math.min(1,ir**2/r)*ar/this.#i}#h(e){return this.#c(e,d.all)<=this.#c(e,d.title)}#b(e,t){let[r,i,a,n,s,o]=[0,0,0,0,0,0],[l,c]=[this.#o(e,d.all),this.#l(e,d.all)],[h,m]=[this.#o(t,d.all),this.#l(t,d.all)];for(;l<c||h<m;){let p=l<c?this.#t[l]??0:Number.MAX_SAFE_INTEGER,b=h<m?this.#t[h]??0:Number.MAX_SAFE_INTEGER,w=this.weights[Math.min(p,b)]??0;p===b?(r+=w,i+=this.#s[p]??0,l+=1,h+=1):p<b?(a+=w,this.#u(p,t)&&(s+=w),l+=1):(n+=w,this.#u(b,e)&&(o+=w),h+=1)}let f=(r+W*s)/Math.max(r+a,1),u=(r+W*o)/Math.max(r+n,1);return[f,u,r,i]}#m(e,t){let[r,i]=[0,0];for(let a=this.#o(e,d.title);a<this.#l(e,d.title);a+=1){let n=this.#t[a]??0,s=this.weights[n]??0;i+=s,this.#p(t,n)?r+=s:this.#u(n,t)&&(r+=W*s)}return i===0?0:r/i}#f(e,t){let[r,i]=[0,0],{title:a,topics:n}=this.#e.at(e);for(let s of a){let o=this.weights[s]??0;i+=o,!(!n.includes(s)||this.#p(t,s))&&(r+=this.#u(s,t)?nr*o:o)}return r/Math.max(i,1)}#g(e,t){for(let r=this.#o(e,d.title);r<this.#l(e,d.title);r+=1){let i=this.#t[r]??0;if(this.#e.vocabulary.isNumber(i)&&!this.#p(t,i))return!0}return!1}#y(e,t){let r=0;for(let i=this.#o(e,d.files);i<this.#l(e,d.files);i+=1)this.#p(t,this.#t[i]??0,d.files)&&(r+=1);return r}#p(e,t,r=d.all){let[i,a]=[this.#o(e,r),this.#l(e,r)-1];for(;i<=a;){let n=i+a>>1,s=this.#t[n]??0;if(s===t)return!0;s<t?i=n+1:a=n-1}return!1}#u(e,t){let r=this.#n[e+1]??0,i=this.#n[e]??0;if(i===r)return!1;let a=this.#o(t,d.ideas);for(;i<r;i+=1){let n=this.#r[i]??0;if(((this.#t[a+(n>>5)]??0)&1<<(n&31))!==0)return!0}return!1}#w(e,t){let{vocabulary:r}=this.#e,i=r.ideasOf(t);return i!==void 0&&(r.ideasOf(e)??[]).some(a=>i.includes(a))}#o(e,t){return this.#a[e*k+t]??0}#l(e,t){return this.#a[e*k+t+1]??0}#c(e,t){return this.#l(e,t)-this.#o(e,t)}},or=8,lr=.7,cr=20;function ur(e,t){let[r,i]=[$(e),$(t)],a=new Set(N(`${t.title}
${i.prose}
${i.criteria.join(`
`)}`).map(({term:s})=>s)),n=new Map;for(let{term:s,word:o,kind:l}of N(`${e.title}
${r.prose}
${r.criteria.join(`
`)}`)){if(n.size>=or)break;l!=="function"&&a.has(s)&&!S.has(s)&&n.set(s,n.get(s)??o)}return{terms:[...n.values()],files:r.files.filter(s=>i.files.includes(s)),criteria:dr(e,t)}}function dr(e,t){let[r,i]=[e,t].map(a=>Fe(a).slice(0,cr).map(({id:n,text:s})=>({id:n,terms:new Set(pr(s))})).filter(({terms:n})=>n.size>1));return(r??[]).flatMap(a=>(i??[]).filter(n=>hr(a.terms,n.terms)>=lr).map(n=>`${a.id||"a criterion"} = ${n.id||"a criterion"}`))}function pr(e){return N(e).filter(({kind:t})=>t!=="function").map(({term:t})=>t)}function hr(e,t){let r=0;for(let i of e)t.has(i)&&(r+=1);return r/Math.min(e.size,t.size)}var pe=[d.phrase,d.all,d.files];function mr(e){let t=new Map,r=[],i=[];for(let a=0;a<e.size;a+=1){if(e.lists.at(a*k+d.phrase).length===0){r.push(a);continue}let n=fr(e,a),s=t.get(n),o=s?.find(l=>gr(e,l,a));if(o!==void 0&&!re(e.at(o),e.at(a))){i.push({x:o,y:a});continue}r.push(a),o===void 0&&(s===void 0?t.set(n,[a]):s.push(a))}return{first:r,same:i}}function fr({lists:e},t){let r=2166136261;for(let i of pe){let a=e.at(t*k+i);r=Math.imul(r^a.length,16777619);for(let n of a)r=Math.imul(r^n,16777619)}return r}function gr({lists:e},t,r){return pe.every(i=>{let[a,n]=[e.at(t*k+i),e.at(r*k+i)];return a.length===n.length&&a.every((s,o)=>s===n[o])})}var _={title:3.7,text:2.6,shared:3.9,rare:3,files:3.4,noFiles:1.3,sibling:-3.4,lonely:-1.8,work:-1,opposed:-1.7,conflict:-3.8};function br(e){let{sibling:t,lonely:r,work:i,opposed:a,conflict:n}=_;return me(he(e)+t*e.sibling+r*e.lonely+i*e.work+a*e.opposed+n*e.conflict)}function he(e){let{title:t,text:r,shared:i,rare:a,files:n,noFiles:s}=_;return-9.2+t*e.title+r*e.text+i*e.shared+a*e.rare+n*e.files+s*e.noFiles}function me(e){return 1/(1+Math.exp(-e))}function fe(e,t=!1){return me(he(e)+(t?_.conflict:0))}var F=.5,be=class{#e=new jt;add(e){this.#e.add(e)}addRequest(e){let[t="",...r]=e.trim().split(`
`);this.#e.addRequest(t,r.join(`
`))}pairs(e={},t){let r=this.pairsInSteps(e);for(;;){let{done:i,value:a}=r.next();if(i)return a;t?.advance(a)}}pairsInSteps({threshold:e=F,ids:t}={}){return yr(this.#e,e,t)}},ge=100;async function*ye(e,t){let r=E();for(let i=0;i<e.length;i+=ge){let a=e.slice(i,i+ge),n=new Map,s=[...new Set(a.flatMap(({x:o,y:l})=>[o,l]))];for await(let[o,l]of t(s))n.set(o,l);for(let o of a){let[l,c]=[n.get(o.x),n.get(o.y)];yield l===void 0||c===void 0?void 0:r(o,l,c)}}}function we(e){let[t=""]=e.trim().split(`
`);return{id:"",title:t,text:`---
---

${e}
`,fields:{}}}function E(){let e=new Map;return({x:t,score:r,same:i},a,n)=>{let s=(i?e.get(t):void 0)??ur(a,n);return i&&e.set(t,s),{a:a.id,b:n.id,score:r,why:s}}}function ve(e){let t=new Map;for(let{a:r,b:i}of e){let[a,n]=[t.get(r)??new Set([r]),t.get(i)??new Set([i])];if(a===n)continue;let[s,o]=a.size>=n.size?[a,n]:[n,a];for(let l of o)s.add(l),t.set(l,s);for(let l of[r,i])t.set(l,s)}return[...new Set(t.values())].map(r=>[...r]).sort((r,i)=>i.length-r.length)}function*yr(e,t,r){let i=new sr(e),{first:a,same:n}=mr(e),s=u=>a[u]??0,o=Math.min(.05,t),l=[],c=0;for(let[u,p]of Wt(e,a,i.weights)){p>c&&(yield p-c),c=Math.max(p,c);let[b,w]=[s(u),s(p)],A=i.likeness(b,w);if(fe(A)<o||fe(A,i.otherNumbers(b,w))<o)continue;let C=br(i.compare(b,w,A));C>=o&&l.push({x:b,y:w,score:C})}let h=$e(l,t,(u,p)=>i.contradict(u,p)).map(({x:u,y:p,score:b})=>({x:u,y:p,score:Math.round(b*100)/100,same:!1})),m=r&&new Set([...r].map(u=>e.vocabulary.numberOf(`#${u.toUpperCase()}`))),f=u=>m===void 0||m.has(e.at(u).id);return[...n.map(({x:u,y:p})=>({x:u,y:p,score:1,same:!0})),...h].filter(({x:u,y:p})=>f(u)||f(p)).sort((u,p)=>p.score-u.score||u.x-p.x||u.y-p.y)}0&&(module.exports={a,b,c,d,e,f});
