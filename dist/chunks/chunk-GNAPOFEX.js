import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{b as c}from"./chunk-WTQDL64P.js";var o={ticket:"ticket_id",gate:"gate",agent:"agent_type"};function g(i){let d=i.indexOf(`
`),e=(d<0?i:i.slice(0,d)).trimEnd();if(e.length>600||!e.startsWith("[backlog ")||!e.endsWith("]"))return;let n={ticket_id:"",gate:"",agent_type:""};for(let t of e.slice(9,-1).split(" ")){if(t==="")continue;let r=t.indexOf("=");if(r<1)return;let a=o[t.slice(0,r)],s=t.slice(r+1);if(!c(s))return;a!==void 0&&(n[a]=s)}return n.ticket_id===""&&n.gate===""?void 0:n}export{g as a};
