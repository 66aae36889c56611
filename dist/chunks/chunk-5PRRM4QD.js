import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
function f(e,n){let s=[m(e,n),`# ${n.id}: ${a(e.title)}`];for(let[t,i]of h(e,n))i!==""&&s.push(`## ${t}

${i}`);return`${s.join(`

`)}
`}function _(e,n,{id:s,date:t,author:i}){let r={id:s,date:t,author:i,title:c(n),heading:a(n)};return e.replaceAll(/<(id|date|author|title|heading)>/g,(l,p)=>r[p]??"")}function m(e,{id:n,date:s}){let t=e.dependencies.map(({ticket:l})=>l);return`---
${[["id",n],["title",c(e.title)],["status","pending"],["priority",e.priority],["created",s],["updated",s],["assignee","unassigned"],["blockers","[]"],["depends_on",u(t)],["shared_files",u(e.shared_files)],["related_docs",u(e.related_docs)],["estimated_tokens","0"],["scope_boundary",e.scope_boundary===""?'""':c(e.scope_boundary)],["tags",e.tags.length>0?u(e.tags):void 0],["tests",e.test_mode],["severity",e.severity],["environment",e.environment&&c(e.environment)],["phase",e.phase&&c(e.phase)],["type",e.idea_type],["ice_score",e.ice&&d(e.ice).toFixed(1)],["hypothesis",e.hypothesis&&c(a(e.hypothesis))]].flatMap(([l,p])=>p===void 0?[]:[`${l}: ${p}`]).join(`
`)}
---`}function h(e,{date:n,author:s}){let{ice:t}=e;return[["Context",o(e.context)],["Description",o(e.description)],["Steps to Reproduce",o(e.steps_to_reproduce)],["Expected Behavior",o(e.expected_behavior)],["Actual Behavior",o(e.actual_behavior)],["Hypothesis",o(e.hypothesis)],["ICE Score",t===void 0?"":g(["Impact","Confidence","Ease","Score"],[[String(t.impact),String(t.confidence),String(t.ease),d(t).toFixed(1)]])],["Validation Required",o(e.validation_required)],["Metrics of Success",o(e.metrics_of_success)],["Affected Files",g(["File","Action","Description"],e.affected_files.map(({path:i,action:r,description:l})=>[i,r,l]))],["Acceptance Criteria",e.criteria.map((i,r)=>`- [ ] AC-${r+1}: ${a(i).replace(/^AC-[0-9]+: */,"")}`).join(`
`)],["Test Strategy",y(e)],["Dependencies",e.dependencies.length===0?"None.":g(["Ticket","What it needs","Status"],e.dependencies.map(({ticket:i,needs:r})=>[i,r,"pending"]))],["Implementation Notes",o(e.implementation_notes)],["History",g(["Date","Change","Author"],[[n,"Created",s]])]]}function y({tests:e}){let s=[["Unit Tests",e.unit],["Integration Tests",e.integration],["E2E Tests",e.e2e],["Regression Tests",e.regression],["Validation Tests",e.validation]].flatMap(([t,i])=>i.length===0?[]:[`### ${t}

${i.map(r=>`- ${a(r)}`).join(`
`)}`]);if(e.verification.length>0){let t=e.verification.map(a).join(`
`),i="`".repeat(Math.max(3,$(t)+1));s.push(`### Verification Commands

${i}bash
${t}
${i}`)}return s.join(`

`)}function d({impact:e,confidence:n,ease:s}){return(e+n+s)/3}function o(e){if(e===void 0)return"";let n="";return[...e.trim().replaceAll(/\r\n?/g,`
`).replaceAll("<!--","&lt;!--").split(`
`).map(t=>{let i=/^ {0,3}(`{3,}|~{3,})/.exec(t)?.[1];return i!==void 0&&(n===""||i.startsWith(n)&&t.trim()===i)&&(n=n===""?i:""),n!==""?t:/^ {0,3}(=+|-+)\s*$/.test(t)?`\\${t.trim()}`:t.replace(/^( {0,3})#{1,2}(?= |$)/,"$1###")}),...n===""?[]:[n]].join(`
`)}function g(e,n){let s=t=>`| ${t.map(i=>a(i).replaceAll("\\","\\\\").replaceAll("|","\\|")).join(" | ")} |`;return[s(e),`|${e.map(()=>"---|").join("")}`,...n.map(s)].join(`
`)}function a(e){return e.replaceAll(/\s+/g," ").trim()}function $(e){return Math.max(0,...[...e.matchAll(/`+/g)].map(([n])=>n.length))}function c(e){return/^[A-Za-z][A-Za-z0-9 _./()+%-]*$/.test(e)&&!/\s$/.test(e)&&!/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(e)?e:JSON.stringify(e)}function u(e){return`[${e.map(c).join(", ")}]`}export{f as a,_ as b,o as c,g as d,a as e};
