import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{a as I}from"./chunk-7FQM3GIB.js";import{c as U,e as A,f as j,g as C,r as z}from"./chunk-TCFAL2PN.js";function D(e,t,n){let r=new Map,o=e.map(a=>be(a,t,n));for(let[a,c]of o.entries())for(let u of c.keys()){let p=r.get(u);p===void 0?r.set(u,[a]):p.push(a)}let s=new Float64Array(e.length),i=[];for(let[a,c]of o.entries()){let u=[];for(let[l,d]of c)for(let h of he(r.get(l)??[],a))s[h]===0&&u.push(h),s[h]=(s[h]??0)+d;let p=u.length<=12?u:u.sort((l,d)=>(s[d]??0)-(s[l]??0)||l-d).slice(0,12);for(let l of p)i.push([l,a]);for(let l of u)s[l]=0}return i}function he(e,t){let n=e.length<=48?e.indexOf(t):ye(e,t);return e.slice(e.length<=48?0:Math.max(0,n-8),n)}function ye(e,t){let n=0,r=e.length;for(;n<r;){let o=n+r>>1;(e[o]??0)<t?n=o+1:r=o}return n}function be(e,t,n){let o=[...e.all,...e.files].filter(a=>t.ticketsWith(a)>1).filter(a=>t.ticketsWith(a)<=48).sort((a,c)=>(n[c]??0)-(n[a]??0)||a-c).slice(0,16),s=new Map(o.map(a=>[a,n[a]??0])),i=[...new Set(e.title)].sort((a,c)=>a-c);for(let[a,c]of i.entries()){let u=i[a+1];u!==void 0&&s.set(-1-((Math.imul(c,2654435761)^u)>>>0),((n[c]??0)+(n[u]??0))/2)}return s}var we=new Set(["acceptance criteria","actual cost","affected files","cost estimate","definition of done","dependencies","history","ice score","implementation notes","implementation plan","investigation","notes","refinement status","test strategy","validation tests"]);function S(e){let{sections:t,lines:n}=z(e.text),r=t.length>0?t.filter(({title:i})=>!we.has(i.trim().toLowerCase())).map(({text:i})=>i):n.filter(({heading:i})=>i===void 0).map(({text:i})=>i),o=e.fields.affected_files,s=Array.isArray(o)?o.filter(i=>typeof i=="string").map(C):[];return{prose:ke(I(r.join(`
`))),criteria:A(t).map(({text:i})=>i).filter(i=>!i.startsWith("<")),files:[...new Set([...s,...j(t).map(({path:i})=>i)])]}}function q(e){let{sections:t}=z(e.text);return U(t,"Acceptance Criteria")?A(t):[]}function ke(e){return e.replaceAll(/<[^<>\n]{1,200}>/g," ")}function y(e){return e.length<4||!/^[a-z]+$/.test(e)?e:Re(ve(Se(e)))}function Se(e){return e.endsWith("ies")&&e.length>4?`${e.slice(0,-3)}y`:/(?:ss|x|z|ch|sh)es$/.test(e)?e.slice(0,-2):e.endsWith("s")&&!/(?:ss|us|is)$/.test(e)?e.slice(0,-1):e}var xe=[["ization",4],["ation",4],["ating",4],["ated",4],["ment",4],["ate",4],["ing",3],["ion",4],["ize",4],["er",5],["ly",4],["ed",3]];function ve(e){for(let[t,n]of xe){if(!e.endsWith(t))continue;let r=e.slice(0,-t.length);if(!(r.length<n||!/[aeiouy]/.test(r))&&!(t==="ion"&&!/[st]$/.test(r)))return t==="ing"||t==="ed"?Te(r):r}return e}function Te(e){return/([^aeioulsz])\1$/.test(e)?e.slice(0,-1):e}function Re(e){return e.length>3&&e.endsWith("e")?e.slice(0,-1):e.endsWith("y")&&e.length>3?`${e.slice(0,-1)}i`:e}var Oe="a an the this that these those it its we our us i my you your they them their he she who which what there here is are was were be been being am do does did has have had can could will would shall should may might must of for on at as so than then if when while where how why and or but not no nor any all each every some more most such own same also too very just only even still yet again now please pls etc eg ie about because since until unless whether both either via per s t ll re ve d m to from into onto with by before after over under between through without within during against in out up down off about",Me="add make fix use support implement allow let need want get set put give show new ticket issue task feature bug user customer people work change update improve ensure handle create enable provide introduce page button code app application system service file problem wrong bad good fail error broken able let instead of time thing way case current currently one two first today",Fe=`
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
`,Ae=`
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
`,ze=`
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
`,Pe=`
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
`,We=`
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
`,V=e=>e.trim().split(`
`).map(t=>t.split(" ")),P=new Set(Oe.split(" ").map(y)),_e=(()=>{let e=new Map;for(let[t="",...n]of V(Fe))for(let r of n)!e.has(y(r))&&!e.has(y(t))&&y(r)!==y(t)&&e.set(y(r),y(t));return e})();function m(e){let t=y(e);return _e.get(t)??t}var v=new Set(Me.split(" ").map(m));function K(e){let t=new Map;for(let[n,r]of V(e).entries())for(let o of new Set(r.map(m)))t.set(o,[...t.get(o)??[],n]);return t}var w=K(ze),H=K(Pe),Z=new Set(We.trim().split(`
`).map(m)),G=(()=>{let e=new Map;for(let t of Ae.trim().split(`
`)){let[n="",r=""]=t.split(" = "),[o="",...s]=n.split(" ");e.set(o,[...e.get(o)??[],{rest:s,word:r}])}return e})();function B(e){if(!e.some(n=>G.has(n)))return e;let t=[];for(let n=0;n<e.length;n+=1){let r=e[n]??"",o=G.get(r)?.find(({rest:s})=>s.every((i,a)=>e[n+1+a]===i));o===void 0?t.push(r):(t.push(...o.word.split(" ")),n+=o.rest.length)}return t}var Y=new Map([["from","source"],["to","target"],["into","target"],["onto","target"],[m("before"),"later"],["after","earlier"]]),J=m("replace"),Ne=m("before"),Le=m("remove");function Q(e,t){let n={source:new Set,target:new Set,earlier:new Set,later:new Set,rest:new Set},r=e.includes(J),o="rest",s;for(let[i,a]of e.entries())a===J||a===Le?o="source":r&&(a==="with"||a==="by")?o="target":a==="of"&&e[i-1]==="instead"?o="source":a===Ne&&s!==void 0?(n.earlier.add(s),o="later"):a==="after"&&s!==void 0?(n.later.add(s),o="earlier"):a==="first"&&i===e.length-1&&s!==void 0?n.earlier.add(s):Y.has(a)?o=Y.get(a)??"rest":t.has(a)?(n[o].add(a),s=a):$e.has(a)&&(o="rest");return n}var $e=new Set("in on at for with by when while if of over under".split(" "));function X(e,t){return g(e.source,t.target)&&!g(e.source,t.source)||g(e.target,t.source)&&!g(e.target,t.target)||g(e.earlier,t.later)&&!g(e.earlier,t.earlier)||g(e.later,t.earlier)&&!g(e.later,t.later)||g(e.target,t.rest)&&g(t.target,e.rest)||g(e.source,t.rest)&&g(t.source,e.rest)}function g(e,t){for(let n of e)if(t.has(n))return!0;return!1}var ee=8e3,Ee=48,Ue=new Map([..."zero one two three four five six seven eight nine ten eleven twelve".split(" ").map((e,t)=>[e,String(t)]).filter(([e])=>e!=="one"),["twenty","20"],["thirty","30"],["forty","40"],["fifty","50"],["hundred","100"],["thousand","1000"]]);function k(e){return _(e).flatMap(W)}function W(e){if(e.length>Ee)return[];if(/\d/.test(e))return[{term:e.replace(/^(v?)0+(?=\d)/,"$1"),word:e,kind:"number"}];let t=Ue.get(e);if(t!==void 0)return[{term:t,word:e,kind:"number"}];if(je.test(e)&&e.length>2)return Array.from({length:e.length-1},(r,o)=>{let s=e.slice(o,o+2);return{term:s,word:s,kind:"word"}});let n=m(e);return[{term:n,word:e,kind:P.has(n)||P.has(e)?"function":"word"}]}var je=/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;function _(e){let t=e.length>ee?e.slice(0,ee):e,n=/^[\u0000-\u007f]*$/.test(t),o=(n?t:t.normalize("NFKD").replaceAll(new RegExp("\\p{Mn}|(?<=\\p{L})’(?=\\p{L})","gu"),"").normalize("NFC")).replaceAll(/([a-z])'([a-z])/g,"$1$2").replaceAll(/(?<=[a-z])(?=[A-Z][a-z])/g," ").replaceAll(/(?<=[A-Z])(?=[A-Z][a-z]{2})/g," ").toLowerCase();return B(o.match(n?/\d+(?:\.\d+)+|[a-z0-9]+/g:/\d+(?:\.\d+)+|[\p{L}\p{N}]+/gu)??[])}var te=4e5,Ce=1200,Ie=100,x=class{#r=new Map;#n=new Map;#e=[];#t=[];#o=[];#s=0;numberOf(t){let n=this.#r.get(t);if(n!==void 0)return n;if(this.#e.length>=te)return;let r=this.#e.length;return this.#r.set(t,r),this.#e.push(t),this.#t.push(0),this.#o.push(w.has(t)),r}numbersOf(t){let n=this.#n.get(t);if(n!==void 0)return n;let r=W(t).filter(({kind:o})=>o!=="function").flatMap(({term:o})=>this.numberOf(o)??[]);return this.#n.size<te&&this.#n.set(t,r),r}nameOf(t){return this.#e[t]??""}hasOpposite(t){return this.#o[t]===!0}count(...t){this.#s+=1;for(let n of t)for(let r of n)this.#t[r]=(this.#t[r]??0)+1}ticketsWith(t){return this.#t[t]??0}weights(){return Float64Array.from(this.#e,(t,n)=>{let r=Math.log(1+(this.#s+50)/(this.ticketsWith(n)+1));return v.has(t)?r/4:r})}};function N(e,t){let{prose:n,criteria:r,files:o}=S(e);return{...L(e.id,e.title,[n,...r].join(`
`),o,t),links:re(e.fields,[...De,...ne]),parents:re(e.fields,ne)}}function L(e,t,n,r,o){let s=k(t),i=s.map(({term:f})=>f),a=s.filter(({kind:f})=>f!=="function"),c=a.filter(({kind:f})=>f==="number"),u=a.flatMap(({term:f})=>o.numberOf(f)??[]),p=[];for(let f of _(n)){if(p.length>=Ce)break;p.push(...o.numbersOf(f))}let l=T(p),d=T([...u,...l]),h=T(r.slice(0,Ie).flatMap(f=>o.numberOf(`/${f}`)??[]));return o.count(d,h),{id:e,title:Uint32Array.from(u),phrase:i,roles:Q(i,new Set(a.map(({term:f})=>f))),links:new Set,parents:new Set,all:d,stance:d.filter(f=>o.hasOpposite(f)),body:l,files:h,numbers:T(c.flatMap(({term:f})=>o.numberOf(f)??[]))}}var De=["depends_on","dependencies","blockers","split_into","related_to"],ne=["parent","parent_id","parent_task_id","split_from"];function re(e,t){let n=t.flatMap(r=>e[r]??[]);return new Set(n.filter(r=>typeof r=="string").map(r=>r.toUpperCase()))}function T(e){let t=new Uint32Array(e).sort(),n=0;for(let r of t)(n===0||r!==t[n-1])&&(t[n]=r,n+=1);return t.slice(0,n)}var qe=8,Ge=.7,Ve=20;function $(e,t){let[n,r]=[S(e),S(t)],o=new Set(k(`${t.title}
${r.prose}
${r.criteria.join(`
`)}`).map(({term:i})=>i)),s=new Map;for(let{term:i,word:a,kind:c}of k(`${e.title}
${n.prose}
${n.criteria.join(`
`)}`)){if(s.size>=qe)break;c!=="function"&&o.has(i)&&!v.has(i)&&s.set(i,s.get(i)??a)}return{terms:[...s.values()],files:n.files.filter(i=>r.files.includes(i)),criteria:Ke(e,t)}}function Ke(e,t){let[n,r]=[e,t].map(o=>q(o).slice(0,Ve).map(({id:s,text:i})=>({id:s,terms:new Set(He(i))})).filter(({terms:s})=>s.size>1));return(n??[]).flatMap(o=>(r??[]).filter(s=>Ze(o.terms,s.terms)>=Ge).map(s=>`${o.id||"a criterion"} = ${s.id||"a criterion"}`))}function He(e){return k(e).filter(({kind:t})=>t!=="function").map(({term:t})=>t)}function Ze(e,t){let n=0;for(let r of e)t.has(r)&&(n+=1);return n/Math.min(e.size,t.size)}function ce(e){return de(ue(e)-5.2*e.sibling-2.4*e.work-3*+(e.topics===2)-.7*+(e.topics>0)-2.7*Number(e.opposed)-6.9*Number(e.conflict))}var Be=1.2;function ue({covered:e,coveredLess:t,text:n,files:r}){return-7.5+6.6*e-.9*t+5.4*n+5.5*(r===void 0?0:r-.5)}function de(e){return 1/(1+Math.exp(-e))}function fe(e,t,n){return de(ue(pe(e,t,n)))}function pe(e,t,n){let r=R(e.title,t.all,n),o=R(t.title,e.all,n);return{covered:Math.max(r,o),coveredLess:Math.min(r,o),text:Ye(e.all,t.all,n),files:e.files.length===0||t.files.length===0?void 0:Je(e.files,t.files)}}function me(e,t,n,r){return{...pe(e,t,n),sibling:Qe(e,t,n),work:nt(e,t,r),topics:rt(e,t,n),opposed:ie(e,t,r)||ie(t,e,r),conflict:Xe(e,t)||et(e,t)||se(e,t,w,r)||se(e,t,H,r)||ot(e.phrase,t.phrase)||X(e.roles,t.roles)||ae(e.phrase,t.phrase)||ae(t.phrase,e.phrase)}}function b(e,t){let n=0,r=e.length-1;for(;n<=r;){let o=n+r>>1,s=e[o]??0;if(s===t)return!0;s<t?n=o+1:r=o-1}return!1}function R(e,t,n){let r=0,o=0;for(let s of e){let i=n[s]??0;o+=i,b(t,s)&&(r+=i)}return o===0?0:r/o}function Ye(e,t,n){let r=0,o=0,s=0;for(;o<e.length&&s<t.length;){let i=e[o]??0,a=t[s]??0;i===a?(r+=(n[i]??0)**2,o+=1,s+=1):i<a?o+=1:s+=1}return r===0?0:r/Math.sqrt(oe(e,n)*oe(t,n))}function oe(e,t){let n=0;for(let r of e)n+=(t[r]??0)**2;return n}function Je(e,t){let n=0;for(let r of e)b(t,r)&&(n+=1);return n/Math.min(e.length,t.length)}function Qe(e,t,n){let[r,o]=[e.phrase,t.phrase],s=0;for(;s<r.length&&s<o.length&&r[s]===o[s];)s+=1;let i=0;for(;i<r.length-s&&i<o.length-s&&r[r.length-1-i]===o[o.length-1-i];)i+=1;let a=s+i;return a===0||a===r.length||a===o.length||R(e.title,t.all,n)===1&&R(t.title,e.all,n)===1?0:a/Math.max(r.length,o.length)}function Xe(e,t){return e.links.has(t.id.toUpperCase())||t.links.has(e.id.toUpperCase())?!0:[...e.parents].some(n=>t.parents.has(n))}function et(e,t){return e.numbers.some(n=>!b(t.all,n))&&t.numbers.some(n=>!b(e.all,n))}function se(e,t,n,r){let o=O(e.title,n,r);if(o.size===0)return!1;for(let[s,i]of O(t.title,n,r)){let a=o.get(s);if(a!==void 0&&!i.some(c=>a.includes(c)))return!0}return!1}var tt=m("add");function ie(e,t,n){let r=O(e.title,w,n);if(r.size===0)return!1;for(let[o,s]of O(t.stance,w,n)){let i=r.get(o);if(!(i===void 0||s.every(a=>n(a)===tt))&&!i.some(a=>b(t.all,a)))return!0}return!1}function O(e,t,n){let r=new Map;for(let o of e)for(let s of t.get(n(o))??[])r.set(s,[...r.get(s)??[],o]);return r}function nt(e,t,n){let r=(o,s)=>o.title.subarray(0,2).some(i=>Z.has(n(i))&&!b(s.all,i));return Number(r(e,t))+Number(r(t,e))}function rt(e,t,n){let r=(o,s)=>o.title.some(i=>(n[i]??0)>Be&&b(o.body,i)&&!b(s.all,i));return Number(r(e,t))+Number(r(t,e))}function ot(e,t){if(e.length!==t.length)return!1;let n=[];for(let s=0;s<e.length&&n.length<3;s+=1)e[s]!==t[s]&&n.push(s);let[r=0,o=0]=n;return n.length===2&&e[r]===t[o]&&e[o]===t[r]&&!e.slice(r,o).some(s=>s==="and"||s==="or")}function ae(e,t){let[n="",r="",o=""]=e,s=le.has(n)?r:n==="do"&&r==="not"?o:"";return s===""||le.has(t[0]??"")?!1:t.some((i,a)=>i===s&&(a<2||st.has(t[a-1]??"")))}var st=new Set(["that","to","should","must","will","can","which"].map(m)),le=new Set(["dont","never","avoid","prevent","stop"].map(m));var it=.5;function Et(e,t={}){let n=new x,r=e.map(i=>N(i,n)),o=ge(r,n,t),s=new Map;return o.map(({x:i,y:a,score:c,same:u})=>{let[p,l]=[e[i],e[a]];if(p===void 0||l===void 0)throw new RangeError(`no ticket ${i} or ${a}`);let d=(u?s.get(i):void 0)??$(p,l);return u&&s.set(i,d),{a:p.id,b:l.id,score:c,why:d}})}function Ut(e,t,n={}){let r=new x,o=t.map(u=>N(u,r)),[s="",...i]=e.trim().split(`
`),a=L("",s,i.join(`
`),[],r),c={id:"",title:s,text:`---
---

${e}
`,fields:{}};return ge([...o,a],r,{...n,ids:new Set([""])}).flatMap(({x:u,y:p,score:l})=>{let d=t[Math.min(u,p)];return d===void 0?[]:[{a:"",b:d.id,score:l,why:$(c,d)}]})}function jt(e){let t=new Map;for(let{a:n,b:r}of e){let[o,s]=[t.get(n)??new Set([n]),t.get(r)??new Set([r])];if(o===s)continue;let[i,a]=o.size>=s.size?[o,s]:[s,o];for(let c of a)i.add(c),t.set(c,i);for(let c of[n,r])t.set(c,i)}return[...new Set(t.values())].map(n=>[...n]).sort((n,r)=>r.length-n.length)}function ge(e,t,n){let r=n.threshold??it,o=l=>n.ids===void 0||n.ids.has(e[l]?.id??""),s=t.weights(),i=l=>t.nameOf(l),{first:a,same:c}=at(e),u=c.filter(({x:l,y:d})=>o(l)||o(d)),p=a.flatMap(l=>e[l]??[]);for(let[l,d]of D(p,t,s)){let[h,f,M,F]=[a[l],a[d],p[l],p[d]];if(h===void 0||f===void 0||M===void 0||F===void 0||!o(h)&&!o(f)||fe(M,F,s)<r)continue;let E=ce(me(M,F,s,i));E>=r&&u.push({x:h,y:f,score:Math.round(E*100)/100,same:!1})}return u.sort((l,d)=>d.score-l.score||l.x-d.x||l.y-d.y)}function at(e){let t=new Map,n=[],r=[];for(let[o,s]of e.entries()){let i=s.phrase.length===0||s.links.size>0?"":`${s.phrase.join(" ")}|${s.body}|${s.files}`,a=i===""?void 0:t.get(i);a===void 0?(n.push(o),i!==""&&t.set(i,o)):r.push({x:a,y:o,score:1,same:!0})}return{first:n,same:r}}export{it as a,Et as b,Ut as c,jt as d};
