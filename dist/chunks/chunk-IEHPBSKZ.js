import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
var t={FEAT:"feature.md",BUG:"bug.md",IDEA:"idea.md"};function n(e){return(Object.hasOwn(t,e)?t[e]:void 0)??"task.md"}function r(e){return[...new Set(e.map(n))]}export{n as a,r as b};
