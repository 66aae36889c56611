import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
function r({fields:e}){let t=e.shared_files;return Array.isArray(t)?t.filter(i=>typeof i=="string"):[]}function s(e){return[...new Set([...e.affectedFiles.map(t=>t.path),...r(e)])]}export{r as a,s as b};
