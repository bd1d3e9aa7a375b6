/** Style sheets are imported for what they do; the bundler collects them into one file. */
declare module "*.css";
