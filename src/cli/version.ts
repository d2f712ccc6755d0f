// The version, as code: reading package.json at run time would cost a file per start. A test holds it equal to package.json.
export const version = '0.1.0';
