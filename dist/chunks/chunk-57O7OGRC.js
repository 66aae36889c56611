import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{a as i,b as o}from"./chunk-MRITNC4H.js";import{a as n}from"./chunk-EIIEB3WU.js";function a(r,e){return new o({code:e.code,message:`${r}:${e.line}: ${e.message}`,fix:e.fix,exitCode:i.ProjectUnusable,file:r,line:e.line})}n(a,"ticketProblem");export{a};
