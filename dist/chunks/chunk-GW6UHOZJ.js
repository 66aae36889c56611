import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{d as r}from"./chunk-5QVXOANN.js";import{a as e,c as n}from"./chunk-QACXSU2J.js";import s from"node:path";function d(o){let t=n(o.cwd),{config:c,warnings:i}=r(t,o.cwd),a=s.relative(o.cwd,t.configFile)||e;for(let{line:f,message:p}of i)o.note(`warning: ${a}:${f}: ${p}`);return{paths:t,config:c}}export{d as a};
