/** Express 4 under another name: what the middlewares need of it has the shape of Express 5. */
declare module 'express4' {
  import express from 'express';
  export default express;
}
