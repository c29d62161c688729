import { serve } from '../test/support/server';
import { launch, pageIn, profile } from '../test/support/browser';
import { checked, install, clientHash, clientShown } from '../test/support/app';
const site = await serve('dist');
const browser = await launch();
const context = await profile(browser);
const {page} = await pageIn(context, site.url);
await install(page); await checked(page);
const shot = async (name: string, hash: string, o: {width?:number,lang?:string,scheme?:'dark'|'light',full?:boolean, prep?: (p: typeof page)=>Promise<void>}={}) => {
  const v = await pageIn(context, site.url+hash, async (p)=>{
    const key=`scoredesk:${new URL(site.url).pathname}:locale`;
    await p.addInitScript(([n,c])=>localStorage.setItem(n,c),[key,o.lang??'en']);
    await p.emulateMedia({colorScheme:o.scheme??'light'});
    await p.setViewportSize({width:o.width??1440,height:900});
  });
  await v.page.waitForTimeout(2500);
  if(o.prep) await o.prep(v.page);
  await v.page.screenshot({path:`/tmp/look-${name}.png`,fullPage:o.full??true});
  if(v.complaints.length) console.log(name,v.complaints);
  await v.page.close();
};
const f=(id:string)=>`#/b/german-credit%401.0.0/facing/${id}`;
await shot('f1440',f('48'));
await shot('f390',f('48'),{width:390,lang:'fr',scheme:'dark'});
await shot('c1440',clientHash('48'),{prep:async p=>{await p.getByRole('button',{name:'Probability',exact:true}).click();}});
await shot('c820',clientHash('48'),{width:820,lang:'fr'});
await shot('c390',clientHash('48'),{width:390,lang:'fr',full:false});
await browser.close(); await site.close();
