select code from institution where is_enabled is null;
