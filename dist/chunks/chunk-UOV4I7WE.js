import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{d as r}from"./chunk-XUFSPUPQ.js";import{F as e,H as n}from"./chunk-VLBW5VWC.js";import s from"node:path";function d(o){let t=n(o.cwd),{config:c,warnings:i}=r(t,o.cwd),a=s.relative(o.cwd,t.configFile)||e;for(let{line:f,message:p}of i)o.note(`warning: ${a}:${f}: ${p}`);return{paths:t,config:c}}export{d as a};
