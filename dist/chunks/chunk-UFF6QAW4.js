import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{a as i}from"./chunk-EIIEB3WU.js";function s({fields:e}){let t=e.shared_files;return Array.isArray(t)?t.filter(r=>typeof r=="string"):[]}i(s,"sharedFiles");function f(e){return[...new Set([...e.affectedFiles.map(t=>t.path),...s(e)])]}i(f,"touchedFiles");export{s as a,f as b};
