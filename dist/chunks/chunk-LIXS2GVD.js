import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{a as t}from"./chunk-EIIEB3WU.js";var n={FEAT:"feature.md",BUG:"bug.md",IDEA:"idea.md"};function r(e){return(Object.hasOwn(n,e)?n[e]:void 0)??"task.md"}t(r,"templateFileFor");function i(e){return[...new Set(e.map(r))]}t(i,"templateFilesFor");export{r as a,i as b};
