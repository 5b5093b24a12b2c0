// dependency-cruiser reads TypeScript through the compiler's API, which TypeScript 7 no longer has.
// In its process only, `typescript` means the last version that has one.
import Module, { register } from 'node:module';

const resolveFilename = Module._resolveFilename;
Module._resolveFilename = function (request, ...rest) {
  return resolveFilename.call(this, request.replace(/^typescript(?=\/|$)/, 'typescript5'), ...rest);
};
register(
  `data:text/javascript,${encodeURIComponent(
    `export const resolve = (specifier, context, next) => next(specifier === 'typescript' ? 'typescript5' : specifier, context);`,
  )}`,
);
