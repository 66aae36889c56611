import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{a as V}from"./chunk-7FQM3GIB.js";import{c as j,e as M,f as q,g as D,i as I}from"./chunk-FM6ZDNZG.js";import{createHash as xt}from"node:crypto";function*G(e,t,n){let r=Te(e,t,n),o=Se(r),s=new Float64Array(e.length);for(let i=0;i<e.length;i+=1){let a=[];for(let c=r.from[i]??0;c<(r.from[i+1]??0);c+=1){let[d,u]=xe(o,r.keys[c]??0,i);for(let f=d;f<u;f+=1){let p=o.tickets[f]??0;s[p]===0&&a.push(p),s[p]=(s[p]??0)+(r.weights[c]??0)}}let l=a.length<=12?a:a.sort((c,d)=>(s[d]??0)-(s[c]??0)||c-d).slice(0,12);for(let c of l)yield[c,i];for(let c of a)s[c]=0}}function Se({keys:e,from:t,most:n}){let r=new Int32Array(n+1);for(let i of e)r[i+1]=(r[i+1]??0)+1;for(let i=0;i<n;i+=1)r[i+1]=(r[i+1]??0)+(r[i]??0);let o=r.slice(),s=new Int32Array(e.length);for(let i=0;i+1<t.length;i+=1)for(let a=t[i]??0;a<(t[i+1]??0);a+=1){let l=e[a]??0,c=o[l]??0;s[c]=i,o[l]=c+1}return{from:r,tickets:s}}function xe({from:e,tickets:t},n,r){let[o,s]=[e[n]??0,e[n+1]??0],[i,a]=[o,s];for(;i<a;){let l=i+a>>1;(t[l]??0)<r?i=l+1:a=l}return[s-o<=48?o:Math.max(o,i-8),i]}function Te(e,t,n){let r=new Int32Array(e.length+1),o=[],s=[],i=new Map;for(let[a,l]of e.entries()){for(let d of ve(l,t,n))o.push(d),s.push(n[d]??0);let c=[...new Set(l.title)].sort((d,u)=>d-u);for(let[d,u]of c.entries()){let f=c[d+1];if(f===void 0)continue;let p=u*t.size+f,w=i.get(p)??t.size+i.size;i.set(p,w),o.push(w),s.push(((n[u]??0)+(n[f]??0))/2)}r[a+1]=o.length}return{from:r,keys:o,weights:s,most:t.size+i.size}}function ve(e,t,n){let r=[];for(let o of[e.all,e.files])for(let s of o){let i=t.ticketsWith(s);i>1&&i<=48&&r.push(s)}return r.sort((o,s)=>(n[s]??0)-(n[o]??0)||o-s).slice(0,16)}var Oe=new Set(["acceptance criteria","actual cost","affected files","cost estimate","definition of done","dependencies","history","ice score","implementation notes","implementation plan","investigation","notes","refinement status","test strategy","validation tests"]);function k(e){let{sections:t,lines:n}=I(e.text),r=t.length>0?t.filter(({title:i})=>!Oe.has(i.trim().toLowerCase())).map(({text:i})=>i):n.filter(({heading:i})=>i===void 0).map(({text:i})=>i),o=e.fields.affected_files,s=Array.isArray(o)?o.filter(i=>typeof i=="string").map(D):[];return{prose:Ie(V(r.join(`
`))),criteria:M(t).map(({text:i})=>i).filter(i=>!i.startsWith("<")),files:[...new Set([...s,...q(t).map(({path:i})=>i)])],mentions:Ae(t)}}function Ae(e){return e.filter(({title:t})=>!Re.has(t.trim().toLowerCase())).flatMap(({lines:t})=>t).filter(({text:t})=>t.includes("-")&&t.length<=Fe&&!/\bduplicat|\bsame as\b/i.test(t)).flatMap(({text:t})=>t.match(/\b[A-Za-z][A-Za-z0-9]{0,15}-[0-9]{1,9}(?:\.[0-9]{1,4})*\b/g)??[]).slice(0,Me).map(t=>t.toUpperCase())}var Re=new Set(["history","refinement status"]),Fe=2e3,Me=100;function K(e){let{sections:t}=I(e.text);return j(t,"Acceptance Criteria")?M(t):[]}function Ie(e){return e.replaceAll(/<[^<>\n]{1,200}>/g," ")}function h(e){return e.length<4||!/^[a-z]+$/.test(e)?e:We(Le(ze(e)))}function ze(e){return e.endsWith("ies")&&e.length>4?`${e.slice(0,-3)}y`:/(?:ss|x|z|ch|sh)es$/.test(e)?e.slice(0,-2):e.endsWith("s")&&!/(?:ss|us|is)$/.test(e)?e.slice(0,-1):e}var Pe=[["ization",4],["ation",4],["ating",4],["ated",4],["ment",4],["ate",4],["ing",3],["ion",4],["ize",4],["er",5],["ly",4],["ed",3]];function Le(e){for(let[t,n]of Pe){if(!e.endsWith(t))continue;let r=e.slice(0,-t.length);if(!(r.length<n||!/[aeiouy]/.test(r))&&!(t==="ion"&&!/[st]$/.test(r)))return t==="ing"||t==="ed"?_e(r):r}return e}function _e(e){return/([^aeioulsz])\1$/.test(e)?e.slice(0,-1):e}function We(e){return e.length>3&&e.endsWith("e")?e.slice(0,-1):e.endsWith("y")&&e.length>3?`${e.slice(0,-1)}i`:e}var Ne="a an the this that these those it its we our us i my you your they them their he she who which what there here is are was were be been being am do does did has have had can could will would shall should may might must of for on at as so than then if when while where how why and or but not no nor any all each every some more most such own same also too very just only even still yet again now please pls etc eg ie about because since until unless whether both either via per s t ll re ve d m to from into onto with by before after over under between through without within during against in out up down off about",Ee="add make fix use support implement allow let need want get set put give show new ticket issue task feature bug user customer people work change update improve ensure handle create enable provide introduce page button code app application system service file problem wrong bad good fail error broken able let instead of time thing way case current currently one two first today",$e=`
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
docs document documentation doc manual guide
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
`,Ce=`
two factor = twofactor
2 factor = twofactor
second factor = twofactor
2fa = twofactor
mfa = twofactor
e mail = mail
e mails = mail
sign in = login
signed in = login
signing in = login
log in = login
logged in = login
logging in = login
sign out = logout
signed out = logout
log out = logout
logged out = logout
sign up = signup
signed up = signup
get rid of = remove
gets rid of = remove
turn on = enable
turned on = enable
switch on = enable
turn off = disable
turned off = disable
switch off = disable
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
`,je=`
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
`,qe=`
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
`,De=`
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
`,U=e=>e.trim().split(`
`).map(t=>t.split(" ")),z=new Set(Ne.split(" ").map(h)),Ve=(()=>{let e=new Map;for(let[t="",...n]of U($e))for(let r of n)!e.has(h(r))&&!e.has(h(t))&&h(r)!==h(t)&&e.set(h(r),h(t));return e})();function m(e){let t=h(e);return Ve.get(t)??t}var T=new Set(Ee.split(" ").map(m));function B(e){let t=new Map;for(let[n,r]of U(e).entries())for(let o of new Set(r.map(m)))t.set(o,[...t.get(o)??[],n]);return t}var v=B(je),Z=B(qe),Y=new Set(De.trim().split(`
`).map(m)),H=(()=>{let e=new Map;for(let t of Ce.trim().split(`
`)){let[n="",r=""]=t.split(" = "),[o="",...s]=n.split(" ");e.set(o,[...e.get(o)??[],{rest:s,word:r}])}return e})();function J(e){if(!e.some(n=>H.has(n)))return e;let t=[];for(let n=0;n<e.length;n+=1){let r=e[n]??"",o=H.get(r)?.find(({rest:s})=>s.every((i,a)=>e[n+1+a]===i));o===void 0?t.push(r):(t.push(...o.word.split(" ")),n+=o.rest.length)}return t}var Q=8e3,Ge=48,Ke=new Map([..."zero one two three four five six seven eight nine ten eleven twelve".split(" ").map((e,t)=>[e,String(t)]).filter(([e])=>e!=="one"),["twenty","20"],["thirty","30"],["forty","40"],["fifty","50"],["hundred","100"],["thousand","1000"]]);function b(e){return L(e).flatMap(P)}function P(e){if(e.length>Ge)return[];if(/\d/.test(e))return[{term:e.replace(/^(v?)0+(?=\d)/,"$1"),word:e,kind:"number"}];let t=Ke.get(e);if(t!==void 0)return[{term:t,word:e,kind:"number"}];if(He.test(e)&&e.length>2)return Array.from({length:e.length-1},(r,o)=>{let s=e.slice(o,o+2);return{term:s,word:s,kind:"word"}});let n=m(e);return[{term:n,word:e,kind:z.has(n)||z.has(e)?"function":"word"}]}var He=/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;function L(e){let t=e.length>Q?e.slice(0,Q):e,n=/^[\u0000-\u007f]*$/.test(t),o=(n?t:t.normalize("NFKD").replaceAll(new RegExp("\\p{Mn}|(?<=\\p{L})’(?=\\p{L})","gu"),"").normalize("NFC")).replaceAll(/([a-z])'([a-z])/g,"$1$2").replaceAll(/(?<=[a-z])(?=[A-Z][a-z])/g," ").replaceAll(/(?<=[A-Z])(?=[A-Z][a-z]{2})/g," ").toLowerCase();return J(o.match(n?/\d+(?:\.\d+)+|[a-z0-9]+/g:/\d+(?:\.\d+)+|[\p{L}\p{N}]+/gu)??[])}var W=new Int32Array(0),X=4e5,O=32768,Ue=1200,Be=100,A=class{#t=new Map;#e=new Map;#n=[];#o=[];#s=[];#i=0;#a=new Int32Array(O);#r=0;listOf(t){if(t.length===0)return W;if(t.length>O/4)return Int32Array.from(t);this.#r+t.length>O&&(this.#a=new Int32Array(O),this.#r=0);let n=this.#a.subarray(this.#r,this.#r+t.length);return n.set(t),this.#r+=t.length,n}numberOf(t,n="word"){let r=this.#t.get(t);if(r!==void 0)return r;if(this.#n.length>=X)return;let o=this.#n.length,s=ee(t);return this.#t.set(s,o),this.#n.push(s),this.#o.push(0),this.#s.push(n),o}numbersOf(t){let n=this.#e.get(t);if(n!==void 0)return n;let r=P(t).filter(({kind:o})=>o!=="function").flatMap(({term:o,kind:s})=>this.numberOf(o,s)??[]);return this.#e.size<X&&this.#e.set(ee(t),r),r}nameOf(t){return this.#n[t]??""}isNumber(t){return this.#s[t]==="number"}get size(){return this.#n.length}count(...t){this.#i+=1;for(let n of t)for(let r of n)this.#o[r]=(this.#o[r]??0)+1}ticketsWith(t){return this.#o[t]??0}weights(){return Float32Array.from(this.#n,(t,n)=>{let r=Math.log(1+(this.#i+50)/(this.ticketsWith(n)+1));return T.has(t)?r/4:r})}};function ne(e,t){let{prose:n,criteria:r,files:o,mentions:s}=k(e),i=c=>t.listOf([...new Set(c.flatMap(d=>t.numberOf(`#${d}`)??[]))]),a=e.id.toUpperCase(),l=[...te(e.fields,Je),...Qe(a)];return{...N(e.id,e.title,[n,...r].join(`
`),o,t),links:i([...te(e.fields,Ye),...l,...s.filter(c=>c!==a)]),parents:i(l)}}function N(e,t,n,r,o){let s=[],i=[];for(let{term:u,kind:f}of b(t)){let p=o.numberOf(u,f);p!==void 0&&(s.push(p),f!=="function"&&i.push(p))}let a=[];for(let u of L(n)){if(a.length>=Ue)break;for(let f of o.numbersOf(u))a.push(f)}let l=_(a),c=_([...i,...l]),d=_(r.slice(0,Be).flatMap(u=>o.numberOf(`/${u}`)??[]));return o.count(c,d),{id:o.numberOf(`#${e.toUpperCase()}`)??-1,title:o.listOf(i),phrase:o.listOf(s),all:o.listOf(c),topics:o.listOf(i.filter(u=>y(l,u))),files:o.listOf(d),links:W,parents:W}}function ee(e){return e.length<Ze?e:Buffer.from(e,"utf8").toString("utf8")}var Ze=13,Ye=["depends_on","dependencies","blockers","split_into","related_to"],Je=["parent","parent_id","parent_task_id","split_from"];function Qe(e){let t=e.split(".",Xe);return t.slice(1).map((n,r)=>t.slice(0,r+1).join("."))}var Xe=8;function te(e,t){return t.flatMap(r=>e[r]??[]).filter(r=>typeof r=="string").map(r=>r.toUpperCase())}function y(e,t){let n=0,r=e.length-1;for(;n<=r;){let o=n+r>>1,s=e[o]??0;if(s===t)return!0;s<t?n=o+1:r=o-1}return!1}function _(e){let t=new Int32Array(e).sort(),n=0;for(let r of t)(n===0||r!==t[n-1])&&(t[n]=r,n+=1);return t.slice(0,n)}var et=8,tt=.7,nt=20;function re(e,t){let[n,r]=[k(e),k(t)],o=new Set(b(`${t.title}
${r.prose}
${r.criteria.join(`
`)}`).map(({term:i})=>i)),s=new Map;for(let{term:i,word:a,kind:l}of b(`${e.title}
${n.prose}
${n.criteria.join(`
`)}`)){if(s.size>=et)break;l!=="function"&&o.has(i)&&!T.has(i)&&s.set(i,s.get(i)??a)}return{terms:[...s.values()],files:n.files.filter(i=>r.files.includes(i)),criteria:rt(e,t)}}function rt(e,t){let[n,r]=[e,t].map(o=>K(o).slice(0,nt).map(({id:s,text:i})=>({id:s,terms:new Set(ot(i))})).filter(({terms:s})=>s.size>1));return(n??[]).flatMap(o=>(r??[]).filter(s=>st(o.terms,s.terms)>=tt).map(s=>`${o.id||"a criterion"} = ${s.id||"a criterion"}`))}function ot(e){return b(e).filter(({kind:t})=>t!=="function").map(({term:t})=>t)}function st(e,t){let n=0;for(let r of e)t.has(r)&&(n+=1);return n/Math.min(e.size,t.size)}var oe=new Map([["from","source"],["to","target"],["into","target"],["onto","target"],[m("before"),"later"],["after","earlier"]]),se=m("replace"),it=m("before"),at=m("remove");function ie(e,t){let n={source:new Set,target:new Set,earlier:new Set,later:new Set,rest:new Set},r=e.includes(se),o="rest",s;for(let[i,a]of e.entries())a===se||a===at?o="source":r&&(a==="with"||a==="by")?o="target":a==="of"&&e[i-1]==="instead"?o="source":a===it&&s!==void 0?(n.earlier.add(s),o="later"):a==="after"&&s!==void 0?(n.later.add(s),o="earlier"):a==="first"&&i===e.length-1&&s!==void 0?n.earlier.add(s):oe.has(a)?o=oe.get(a)??"rest":t.has(a)?(n[o].add(a),s=a):lt.has(a)&&(o="rest");return n}var lt=new Set("in on at for with by when while if of over under".split(" "));function ae(e,t){return g(e.source,t.target)&&!g(e.source,t.source)||g(e.target,t.source)&&!g(e.target,t.target)||g(e.earlier,t.later)&&!g(e.earlier,t.earlier)||g(e.later,t.earlier)&&!g(e.later,t.later)||g(e.target,t.rest)&&g(t.target,e.rest)||g(e.source,t.rest)&&g(t.source,e.rest)}function g(e,t){for(let n of e)if(t.has(n))return!0;return!1}function me(e){return ye(he(e)-5.2*e.sibling-2.4*e.work-3*+(e.topics===2)-.7*+(e.topics>0)-2.7*Number(e.opposed)-6.9*Number(e.conflict))}var ge=1.2;function he({covered:e,coveredLess:t,text:n,files:r}){return-7.5+6.6*e-.9*t+5.4*n+5.5*(r===void 0?0:r-.5)}function ye(e){return 1/(1+Math.exp(-e))}function be(e,t,n){return ye(he(we(e,t,n)))}function we(e,t,n){let r=R(e.title,t.all,n),o=R(t.title,e.all,n);return{covered:Math.max(r,o),coveredLess:Math.min(r,o),text:ct(e.all,t.all,n),files:e.files.length===0||t.files.length===0?void 0:ut(e.files,t.files)}}function ke(e,t,n,r){let o=a=>r.nameOf(a),[s,i]=[e,t].map(({phrase:a})=>Array.from(a,o));return{...we(e,t,n),sibling:ft(e,t,n),work:bt(e,t,o),topics:wt(e,t,n),opposed:fe(e,t,o)||fe(t,e,o),conflict:E(e,t)||mt(e,t,r)||ue(e,t,v,o)||ue(e,t,Z,o)||kt(s,i)||ae(le(e,s,o),le(t,i,o))||de(s,i)||de(i,s)}}function le({title:e},t,n){return ie(t,new Set(Array.from(e,n)))}function R(e,t,n){let r=0,o=0;for(let s of e){let i=n[s]??0;o+=i,y(t,s)&&(r+=i)}return o===0?0:r/o}function ct(e,t,n){let r=0,o=0,s=0;for(;o<e.length&&s<t.length;){let i=e[o]??0,a=t[s]??0;i===a?(r+=(n[i]??0)**2,o+=1,s+=1):i<a?o+=1:s+=1}return r===0?0:r/Math.sqrt(ce(e,n)*ce(t,n))}function ce(e,t){let n=0;for(let r of e)n+=(t[r]??0)**2;return n}function ut(e,t){let n=0;for(let r of e)y(t,r)&&(n+=1);return n/Math.min(e.length,t.length)}function ft(e,t,n){let[r,o]=[e.phrase,t.phrase],s=0;for(;s<r.length&&s<o.length&&r[s]===o[s];)s+=1;let i=0;for(;i<r.length-s&&i<o.length-s&&r[r.length-1-i]===o[o.length-1-i];)i+=1;let a=s+i;if(a===0||a===r.length||a===o.length)return 0;let[l,c]=[r.subarray(s,r.length-i),o.subarray(s,o.length-i)];if(![...l].some(f=>e.title.includes(f))||![...c].some(f=>t.title.includes(f)))return 0;let d=a/Math.max(r.length,o.length);return R(e.title,t.all,n)===1&&R(t.title,e.all,n)===1&&!pt(l,c,d,n)?0:d}var dt=.65;function pt(e,t,n,r){return n<dt||e.length!==1||t.length!==1?!1:[...e,...t].some(o=>(r[o]??0)>ge)}function E(e,t){return e.links.includes(t.id)||t.links.includes(e.id)?!0:e.parents.some(n=>t.parents.includes(n))}function mt(e,t,n){let r=(o,s)=>o.title.some(i=>n.isNumber(i)&&!y(s.all,i));return r(e,t)&&r(t,e)}function ue(e,t,n,r){let o=F(e.title,n,r);if(o.size===0)return!1;for(let[s,i]of F(t.title,n,r)){let a=o.get(s);if(a!==void 0&&!i.some(l=>a.includes(l)))return!0}return!1}var gt=m("add");function fe(e,t,n){let r=F(e.title,v,n);if(r.size===0)return!1;for(let[o,s]of F(t.all,v,n)){let i=r.get(o);if(!(i===void 0||s.every(a=>n(a)===gt))&&!i.some(a=>y(t.all,a)))return!0}return!1}function F(e,t,n){let r=new Map;for(let o of e)for(let s of t.get(n(o))??[])r.set(s,[...r.get(s)??[],o]);return r}var[ht,yt]=[m("remove"),m("replace")];function bt(e,t,n){let r=(o,s)=>o.title.subarray(0,2).some(i=>{let a=n(i);return!Y.has(a)||y(s.all,i)?!1:a!==ht||!s.title.some(l=>n(l)===yt)});return Number(r(e,t))+Number(r(t,e))}function wt(e,t,n){let r=(o,s)=>o.title.some(i=>(n[i]??0)>ge&&o.topics.includes(i)&&!y(s.all,i));return Number(r(e,t))+Number(r(t,e))}function kt(e,t){if(e.length!==t.length)return!1;let n=[];for(let s=0;s<e.length&&n.length<3;s+=1)e[s]!==t[s]&&n.push(s);let[r=0,o=0]=n;return n.length===2&&e[r]===t[o]&&e[o]===t[r]&&!e.slice(r,o).some(s=>s==="and"||s==="or")}function de(e,t){let[n="",r="",o=""]=e,s=pe.has(n)?r:n==="do"&&r==="not"?o:"";return s===""||pe.has(t[0]??"")?!1:t.some((i,a)=>i===s&&(a<2||St.has(t[a-1]??"")))}var St=new Set(["that","to","should","must","will","can","which"].map(m)),pe=new Set(["dont","never","avoid","prevent","stop"].map(m));var Tt=.6,$=class{#t=new A;#e=[];add(t){this.#e.push(ne(t,this.#t))}addRequest(t){let[n="",...r]=t.trim().split(`
`);this.#e.push(N("",n,r.join(`
`),[],this.#t))}pairs({threshold:t=Tt,ids:n}={}){return Ot(this.#e,this.#t,t,n)}};function on(e,t={}){let n=new $;for(let o of e)n.add(o);let r=vt();return n.pairs(t).map(o=>{let[s,i]=[e[o.x],e[o.y]];if(s===void 0||i===void 0)throw new RangeError(`no ticket ${o.x} or ${o.y}`);return r(o,s,i)})}function sn(e){let[t=""]=e.trim().split(`
`);return{id:"",title:t,text:`---
---

${e}
`,fields:{}}}function vt(){let e=new Map;return({x:t,score:n,same:r},o,s)=>{let i=(r?e.get(t):void 0)??re(o,s);return r&&e.set(t,i),{a:o.id,b:s.id,score:n,why:i}}}function an(e){let t=new Map;for(let{a:n,b:r}of e){let[o,s]=[t.get(n)??new Set([n]),t.get(r)??new Set([r])];if(o===s)continue;let[i,a]=o.size>=s.size?[o,s]:[s,o];for(let l of a)i.add(l),t.set(l,i);for(let l of[n,r])t.set(l,i)}return[...new Set(t.values())].map(n=>[...n]).sort((n,r)=>r.length-n.length)}function Ot(e,t,n,r){let o=r&&new Set([...r].map(u=>t.numberOf(`#${u.toUpperCase()}`))),s=u=>o===void 0||o.has(u.id),i=t.weights(),{first:a,same:l}=At(e),c=l.filter(({x:u,y:f})=>[e[u],e[f]].some(p=>p!==void 0&&s(p))),d=a.flatMap(u=>e[u]??[]);for(let[u,f]of G(d,t,i)){let[p,w,S,x]=[a[u],a[f],d[u],d[f]];if(p===void 0||w===void 0||S===void 0||x===void 0||!s(S)&&!s(x)||be(S,x,i)<n)continue;let C=me(ke(S,x,i,t));C>=n&&c.push({x:p,y:w,score:Math.round(C*100)/100,same:!1})}return c.sort((u,f)=>f.score-u.score||u.x-f.x||u.y-f.y)}function At(e){let t=new Map,n=[],r=[];for(let[o,s]of e.entries()){let i=s.phrase.length===0?void 0:Rt(s),a=i===void 0?void 0:t.get(i),l=a===void 0?void 0:e[a];if(a!==void 0&&l!==void 0&&!E(l,s)){r.push({x:a,y:o,score:1,same:!0});continue}n.push(o),i!==void 0&&a===void 0&&t.set(i,o)}return{first:n,same:r}}function Rt({phrase:e,all:t,files:n}){let r=xt("sha1");for(let o of[e,t,n])r.update(Int32Array.of(o.length)).update(o);return r.digest("base64")}export{Tt as a,$ as b,on as c,sn as d,vt as e,an as f};
