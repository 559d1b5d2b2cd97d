mod lockout;
