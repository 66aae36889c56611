import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{a as t}from"./chunk-EIIEB3WU.js";var o=t(()=>new Date,"systemClock");function n(e=o){return e().toISOString()}t(n,"timestamp");function r(e=o){return n(e).slice(0,10)}t(r,"utcDay");export{o as a,n as b,r as c};
