import { termOf } from './words.ts';

/**
 * Words by which two people tell of one thing: what one calls "cannot be read", the other calls "corrupt". Looser than synonyms: a
 * word may stand in several lines, and one that both tickets have says more than two of one line. No opposites and no kinds of
 * one thing (`android ios`) stand in a line.
 */
const relatedLines = `
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
`;

const lines = relatedLines.trim().split('\n');

const linesByTerm: ReadonlyMap<string, readonly number[]> = (() => {
  const found = new Map<string, number[]>();
  for (const [line, text] of lines.entries())
    for (const term of new Set(text.split(' ').map(termOf)))
      found.set(term, [...(found.get(term) ?? []), line]);
  return found;
})();

/** The numbers of the lines that a term stands in; `undefined` when it stands in none. */
export function ideasOf(term: string): readonly number[] | undefined {
  return linesByTerm.get(term);
}

/** So many numbers of 32 bits hold a set of lines. */
export const WORDS_OF_IDEAS = Math.ceil(lines.length / 32);
